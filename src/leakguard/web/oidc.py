"""Logging in at an OpenID provider: the code flow with PKCE, and an ID token whose every claim is checked.

An account is linked by `oidc:ISSUER SUBJECT`. A provider never makes an account, and never gives a role.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus, urlencode

import anyio
import requests
from anyio import to_thread
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key
from joserfc.jwt import ClaimsOption
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leakguard.accounts.sessions import Kind
from leakguard.accounts.web_settings import is_protected
from leakguard.errors import LeakGuardError, NotLoggedIn
from leakguard.frozen import Frozen
from leakguard.models.people import LoginMethod
from leakguard.use_cases.accounts.log_in import log_in_as
from leakguard.web.flows import Flows, flow_cookie, flow_id
from leakguard.web.marks import address_of, refuse_head

if TYPE_CHECKING:
    from starlette.requests import Request

    from leakguard.models.web_settings import Provider
    from leakguard.web.logins import Logins

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Of signatures by a key that the provider alone has: never `none`, never a secret that we share with it."""
LEEWAY = 60
"""Seconds that the provider's clock may be off."""
MOST_SUBJECT = 255
"""Characters, by OpenID Connect Core."""
MOST_ANSWER = 512 * 1024
_CHUNK = 64 * 1024
_PATIENCE = (5, 10)
WHOLE = 30.0
"""Seconds for all that the provider is asked at once; one that sends a byte now and then is not waited for."""
CALLBACK = "/login/oidc/callback"
Asked = TypeVar("Asked")


class ProviderFailed(LeakGuardError):
    """The provider cannot be reached, or answers what nobody can trust."""


class Client(Frozen, hidden=("secret",)):
    """This server as the provider knows it."""

    provider: Provider
    secret: str = ""

    def begin(self, site: Mapping[str, str], make: Callable[[int], str]) -> tuple[str, dict[str, str]]:
        """Where to send the browser, and what to remember meanwhile. `site` is what `discover` gave."""
        verifier, state, nonce = make(64), make(64), make(64)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self.provider.client_id, "redirect_uri": site["redirect_uri"],
            "scope": "openid", "state": state, "nonce": nonce, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        kept = {"verifier": verifier, "state": state, "nonce": nonce, "redirect_uri": site["redirect_uri"]}
        begin = "&" if "?" in site["authorization_endpoint"] else "?"
        return f"{site['authorization_endpoint']}{begin}{urlencode(asked)}", kept

    def discover(self) -> dict[str, Any]:
        """What the provider says of itself; raises `ProviderFailed`."""
        issuer = self.provider.issuer
        metadata = _json("get", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if metadata.get("issuer") != issuer or not all(is_place(metadata.get(name)) for name in places):
            raise ProviderFailed(
                "the login provider says that it is another one, or is not protected by TLS",
                next_step="Look at `issuer` in the table [web.oidc]: it has to be exactly what the provider says.",
            )
        return metadata

    def subject(self, metadata: Mapping[str, Any], code: str, kept: Mapping[str, str], now: datetime) -> str:
        """Who logged in, as the provider knows them; raises `ProviderFailed` for a token that proves nothing."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": kept["redirect_uri"],
            "client_id": self.provider.client_id, "code_verifier": kept["verifier"],
        }  # fmt: skip
        answer = _json("post", metadata["token_endpoint"], self._with_secret(form, metadata), self._login(metadata))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("the login provider gave no ID token", next_step="Log in again.")
        return self._checked(token, _keys(_json("get", metadata["jwks_uri"])), kept["nonce"], now)

    def _login(self, metadata: Mapping[str, Any]) -> tuple[str, str] | None:
        by_form = "client_secret_basic" not in metadata.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        )
        # Both are encoded as in a form (RFC 6749, 2.3.1): a provider reads `%` and `+` otherwise than they are meant.
        return None if by_form or not self.secret else (quote_plus(self.provider.client_id), quote_plus(self.secret))

    def _with_secret(self, form: dict[str, str], metadata: Mapping[str, Any]) -> dict[str, str]:
        return form if self._login(metadata) is not None or not self.secret else form | {"client_secret": self.secret}

    def _checked(self, token: str, keys: KeySet, nonce: str, now: datetime) -> str:
        client, needed = self.provider.client_id, ClaimsOption(essential=True)
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=LEEWAY, iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": client}, exp=needed, iat=needed, sub=needed, nonce=needed,
        )  # fmt: skip
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise _untrusted() from error
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        is_ours = claims.get("azp", client) == client and (len(audience) == 1 or "azp" in claims)
        given_nonce, subject = claims["nonce"], claims["sub"]
        is_fresh = isinstance(given_nonce, str) and hmac.compare_digest(given_nonce.encode(), nonce.encode())
        if not (is_ours and is_fresh and isinstance(subject, str) and 0 < len(subject) <= MOST_SUBJECT):
            raise _untrusted()
        return f"oidc:{self.provider.issuer} {subject}"


class OidcLogin:
    """The two routes of the flow."""

    def __init__(self, logins: Logins, client: Client, flows: Flows) -> None:
        self._logins, self._client, self._flows = logins, client, flows

    def routes(self) -> tuple[Route, ...]:
        """Both."""
        return (
            Route("/login/oidc", self.begin, methods=["GET"]),
            Route(CALLBACK, self.end, methods=["GET"]),
        )

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider."""
        refuse_head(request)
        door = self._logins.door
        door.limiters.login.take(address_of(request))
        metadata = await _in_time(self._client.discover)
        place = f"{door.site.origin(request.headers)}{CALLBACK}"
        url, kept = self._client.begin({**_texts(metadata), "redirect_uri": place}, door.shared.token)
        response = RedirectResponse(url, 303)
        identifier = self._flows.begin(kept, door.shared.now())
        response.headers.append("set-cookie", flow_cookie(identifier, is_secure=door.site.is_secure))
        return response

    async def end(self, request: Request) -> Response:
        """Log in who comes back from the provider, in the browser that was sent there."""
        refuse_head(request)
        door, given = self._logins.door, request.query_params
        door.limiters.login.take(address_of(request))
        now, is_secure = door.shared.now(), door.site.is_secure
        kept = self._flows.end(flow_id(request, is_secure=is_secure), now)
        state, code = given.get("state", ""), given.get("code", "")
        if not kept or "verifier" not in kept or not hmac.compare_digest(state.encode(), kept["state"].encode()):
            raise NotLoggedIn(
                "this login was not begun in this browser, or took too long", next_step="Begin again: /login"
            )
        if given.get("iss", self._client.provider.issuer) != self._client.provider.issuer:
            raise NotLoggedIn("another provider answered than was asked", next_step="Begin again: /login")
        if not code or "error" in given:
            raise NotLoggedIn("the login provider let nobody in", next_step="Log in there, and begin again: /login")

        def proved() -> str:
            return self._client.subject(self._client.discover(), code, kept, now)

        external = await _in_time(proved)
        found = await self._logins.run(
            lambda wiring: log_in_as(
                wiring.existing_store, wiring, external, kind=Kind.WEB, method=LoginMethod.PROVIDER
            )
        )
        response = await self._logins.welcome(request, found)
        response.headers.append("set-cookie", flow_cookie("", is_secure=is_secure))
        return response


async def _in_time(ask: Callable[[], Asked]) -> Asked:
    """What `ask` returns, in a thread; raises `ProviderFailed` where that takes longer than `WHOLE`."""
    try:
        with anyio.fail_after(WHOLE):
            return await to_thread.run_sync(ask, abandon_on_cancel=True)
    except TimeoutError as error:
        raise _failed() from error


def is_place(value: object) -> bool:
    """Whether something is an address that nobody on the way reads."""
    return isinstance(value, str) and is_protected(value.partition("?")[0])


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _json(
    method: str, url: str, form: Mapping[str, str] | None = None, login: tuple[str, str] | None = None
) -> dict[str, Any]:  # fmt: skip
    """What the provider answers; no redirect is followed, and no word of it is in an error."""
    try:
        with requests.request(
            method, url, data=form, auth=login, timeout=_PATIENCE, allow_redirects=False, stream=True,
            headers={"Accept": "application/json"},
        ) as answer:  # fmt: skip
            text = _start_of(answer)
            value = json.loads(text) if answer.status_code == HTTPStatus.OK and len(text) <= MOST_ANSWER else None
    except (requests.RequestException, OSError, ValueError, RecursionError) as error:
        raise _failed() from error
    if not isinstance(value, dict):
        raise _failed()
    return value


def _start_of(answer: requests.Response) -> bytes:
    """Its body, a little more than `MOST_ANSWER` at most; raises `RequestException` for one that was cut off."""
    text = b""
    for chunk in answer.iter_content(_CHUNK):
        text += chunk
        if len(text) > MOST_ANSWER:
            break
    return text


def _keys(key_set: dict[str, Any]) -> KeySet:
    """The provider's keys, without those that sign nothing and those of a kind that is not known here."""
    keys = key_set.get("keys")
    found = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    found = [key for key in found if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
    read = list[Key]()
    for key in found:
        with suppress(JoseError, ValueError, TypeError, LookupError):
            read.append(import_key(key))
    if not read:
        raise _failed()
    return KeySet(read)


def _failed() -> ProviderFailed:
    return ProviderFailed(
        "the login provider cannot be reached, or does not answer as one does",
        next_step="Try again, or log in by password.",
    )


def _untrusted() -> NotLoggedIn:
    return NotLoggedIn("what the login provider said proves nothing", next_step="Begin again: /login")
