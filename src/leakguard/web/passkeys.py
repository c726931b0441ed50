"""Passkeys by WebAuthn: taken by who is logged in, then a login of its own, with the PIN or finger of the device."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from leakguard.accounts.attempts import WINDOW, address_key
from leakguard.accounts.sessions import Kind
from leakguard.errors import LeakGuardError, NotAllowed, NotLoggedIn
from leakguard.frozen import Frozen
from leakguard.models.accounts import Passkey
from leakguard.models.people import BySource, LoginMethod
from leakguard.use_cases.accounts.log_in import LoggedIn, open_session
from leakguard.web.console.reader import words_of
from leakguard.web.console.render import sentence
from leakguard.web.flows import Flows, flow_cookie, flow_id
from leakguard.web.forms import read_document
from leakguard.web.hosts import host_name
from leakguard.web.marks import address_of
from leakguard.web.sessions import refuse_foreign_page
from leakguard.web.who import Credentials, caller_of, credentials_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from leakguard.web.logins import Logins
    from leakguard.web.request_wiring import RequestWiring

Endpoint = Callable[["Request"], Awaitable[Response]]
MOST_EACH = 10
"""Passkeys of one account."""
_NEEDED = UserVerificationRequirement.REQUIRED
_WRONG = "the passkey does not fit"


def _spoken(endpoint: Endpoint) -> Endpoint:
    """The same, whose refusal is in the language of the page: its script shows it as it comes."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except LeakGuardError as error:
            say = words_of(request).said
            error.message, error.next_step = sentence(say(error.message)), sentence(say(error.next_step))
            raise

    return answered


class PasskeyLogin:
    """The routes."""

    def __init__(self, logins: Logins, flows: Flows) -> None:
        self._logins, self._flows = logins, flows

    def routes(self) -> tuple[Route, ...]:
        """Every route."""
        return (
            Route("/login/passkey/begin", _spoken(self.begin_login), methods=["POST"]),
            Route("/login/passkey", _spoken(self.login), methods=["POST"]),
            Route("/session/passkeys/begin", _spoken(self.begin_taking), methods=["POST"]),
            Route("/session/passkeys", _spoken(self.take), methods=["POST"]),
            Route("/passkey.js", self.script, methods=["GET"]),
        )

    async def script(self, _: Request) -> Response:
        """What speaks with the browser's authenticator."""
        text = files("leakguard.web").joinpath("passkey.js").read_text(encoding="utf-8")
        return Response(text, media_type="text/javascript; charset=utf-8")

    async def begin_login(self, request: Request) -> Response:
        """A challenge; it says nothing of which accounts there are."""
        site = self._logins.door.site
        refuse_foreign_page(request, site, needs_proof=False)
        self._logins.door.limiters.login.take(address_of(request))
        challenge = self._challenge()
        options = generate_authentication_options(
            rp_id=_party(request), challenge=base64url_to_bytes(challenge), user_verification=_NEEDED
        )
        return self._begun(request, options_to_json(options), {"login": challenge})

    async def login(self, request: Request) -> Response:
        """Log in by the answer of an authenticator that verified its user."""
        door = self._logins.door
        refuse_foreign_page(request, door.site, needs_proof=False)
        door.limiters.login.take(address_of(request))
        challenge = self._ended(request, "login")
        credential = await read_document(request)
        origin, party, address = door.site.origin(request.headers), _party(request), address_of(request)

        def entered(wiring: RequestWiring) -> LoggedIn:
            store, now = wiring.existing_store, wiring.now()
            proof = Proof(challenge=challenge, party=party, origin=origin, credential=credential)
            actor = proof.actor(store.passkeys(), lambda key, count: store.use_passkey(key, sign_count=count))
            if actor is None:
                store.note_attempt((address_key(address),), at=now, forget=now - WINDOW)
                raise NotLoggedIn(_WRONG, next_step="Try again, or log in by password; a copy of a passkey never fits.")
            return open_session(store, wiring, actor, kind=Kind.WEB, method=LoginMethod.PASSKEY)

        found = await self._logins.run(entered)
        return self._without_flow(await self._logins.welcome(request, found))

    async def begin_taking(self, request: Request) -> Response:
        """A challenge for a new passkey of who is logged in."""
        given = self._session(request)
        challenge = self._challenge()

        def options(wiring: RequestWiring) -> str:
            caller = caller_of(wiring, given)
            kept = wiring.existing_store.passkeys(caller.actor)
            return options_to_json(
                generate_registration_options(
                    rp_id=_party(request), rp_name="LeakGuard", user_name=caller.name, user_id=caller.actor.encode(),
                    challenge=base64url_to_bytes(challenge),
                    authenticator_selection=AuthenticatorSelectionCriteria(
                        resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_NEEDED
                    ),
                    exclude_credentials=[
                        PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.id)) for passkey in kept
                    ],
                )
            )  # fmt: skip

        return self._begun(request, await self._logins.run(options), {"taking": challenge})

    async def take(self, request: Request) -> Response:
        """Keep a new passkey of who is logged in."""
        given, challenge = self._session(request), self._ended(request, "taking")
        document = await read_document(request)
        name, credential = document.get("name"), document.get("credential")
        origin, party = self._logins.door.site.origin(request.headers), _party(request)

        def taken(wiring: RequestWiring) -> Passkey:
            caller, store = caller_of(wiring, given), wiring.existing_store
            if len(store.passkeys(caller.actor)) >= MOST_EACH:
                raise NotAllowed(f"an account has at most {MOST_EACH} passkeys", next_step="Use one of them.")
            try:
                proved = verify_registration_response(
                    credential=credential if isinstance(credential, dict) else {}, expected_rp_id=party,
                    expected_challenge=base64url_to_bytes(challenge), expected_origin=origin,
                    require_user_verification=True,
                )  # fmt: skip
            except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
                raise NotLoggedIn(_WRONG, next_step="Try again.") from error
            passkey = Passkey(
                id=bytes_to_base64url(proved.credential_id), actor=caller.actor, sign_count=proved.sign_count,
                public_key=bytes_to_base64url(proved.credential_public_key), created_at=wiring.now(),
                name=name[:60] if isinstance(name, str) else "",
            )  # fmt: skip
            store.add_passkey(passkey)
            return passkey

        kept = await self._logins.run(taken)
        return self._without_flow(JSONResponse({"id": kept.id, "name": kept.name}, 201))

    def _session(self, request: Request) -> Credentials:
        """The session of the request, which alone may take a passkey: a token may not."""
        given = credentials_of(request, self._logins.door.site)
        if given.how is not BySource.SESSION:
            raise NotAllowed("only somebody who logged in may take a passkey", next_step="Log in with a browser.")
        return given

    def _challenge(self) -> str:
        return bytes_to_base64url(bytes.fromhex(self._logins.door.shared.token(64)))

    def _begun(self, request: Request, options: str, kept: Mapping[str, str]) -> Response:
        door = self._logins.door
        identifier = self._flows.begin({**kept, "party": _party(request)}, door.shared.now())
        response = JSONResponse(json.loads(options))
        response.headers.append("set-cookie", flow_cookie(identifier, is_secure=door.site.is_secure))
        return response

    def _ended(self, request: Request, step: str) -> str:
        """The challenge that this browser was given for a step, once; raises `NotLoggedIn` without one."""
        door = self._logins.door
        kept = self._flows.end(flow_id(request, is_secure=door.site.is_secure), door.shared.now())
        if step not in kept or kept["party"] != _party(request):
            raise NotLoggedIn("this was not begun in this browser, or took too long", next_step="Begin again: /login")
        return kept[step]

    def _without_flow(self, response: Response) -> Response:
        response.headers.append("set-cookie", flow_cookie("", is_secure=self._logins.door.site.is_secure))
        return response


class Proof(Frozen):
    """What an authenticator answered to a challenge."""

    challenge: str
    party: str
    origin: str
    credential: Mapping[str, Any]

    def actor(self, known: Sequence[Passkey], use: Callable[[str, int], bool]) -> str | None:
        """Whose passkey signed it; `None` for what fits none, and for one whose counter went back, as a copy's does."""
        passkey = next((kept for kept in known if kept.id == self.credential.get("id")), None)
        if passkey is None:
            return None
        try:
            proved = verify_authentication_response(
                credential=dict(self.credential), expected_challenge=base64url_to_bytes(self.challenge),
                expected_rp_id=self.party, expected_origin=self.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count, require_user_verification=True,
            )  # fmt: skip
        except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
            return None
        return passkey.actor if use(passkey.id, proved.new_sign_count) else None


def _party(request: Request) -> str:
    """The name that a passkey belongs to."""
    return host_name(request.headers["host"])
