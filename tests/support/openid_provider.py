"""An OpenID provider on loopback, as the standards have it: discovery, code with PKCE, ID tokens of RS256, a key set.

`lies` makes it say something wrong: a function of the claims, or of the whole answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "leakguard", "an OpenID secret: 74%21+ä"


@dataclass(slots=True)
class Provider:
    """Who logs in there, what it says, and what it was asked."""

    now: Callable[[], float]
    issuer: str = ""
    subject: str = "248289761001"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    discovery: Callable[[dict[str, Any]], dict[str, Any]] = lambda told: told
    sign: Callable[[dict[str, Any]], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    basic: bool = True
    drips: bool = False
    """Whether its answers come a byte at a time, whole after some seconds."""
    broken: str = ""
    """How its answers are no answers: `cut` off on the way, or said to be compressed and not `gzip`."""
    more_keys: tuple[dict[str, Any], ...] = ()
    """What its key set has in front of its key."""

    def authorise(self, url: str) -> tuple[str, str]:
        """What a browser that was sent to `url` comes back with: code and state. Its user logged in here."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return code, query["state"]

    def token(self, form: dict[str, str], login: str) -> dict[str, Any] | None:
        """The answer of the token endpoint; nothing for a code, a verifier or a client that does not fit."""
        self.asked.append(form)
        query = self.codes.pop(form.get("code", ""), None)
        secret = unquote_plus(login.partition(":")[2]) if self.basic else form.get("client_secret", "")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if query is None or secret != SECRET or query["code_challenge"] != challenge:
            return None
        if form["redirect_uri"] != query["redirect_uri"] or form["grant_type"] != "authorization_code":
            return None
        now = int(self.now())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": query["client_id"], "iat": now, "exp": now + 300,
            "nonce": query["nonce"],
        }  # fmt: skip
        claims = self.claims(claims)
        signed = self.sign(claims) if self.sign is not None else self.signed(claims, self.key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    @staticmethod
    def signed(claims: dict[str, Any], key: RSAKey) -> str:
        """An ID token."""
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)

    def told(self) -> dict[str, Any]:
        """The discovery document."""
        method = "client_secret_basic" if self.basic else "client_secret_post"
        return self.discovery(
            {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": [method],
            }
        )  # fmt: skip


@contextmanager
def provider_at_work(now: Callable[[], float]) -> Iterator[Provider]:
    """Serve one on a free port of loopback."""
    provider = Provider(now=now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {"/.well-known/openid-configuration": provider.told, "/keys": self.keys}.get(self.path)
            self.say(found() if found is not None else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            login = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            self.say(provider.token(form, login))

        @staticmethod
        def keys() -> dict[str, Any]:
            return {"keys": [*provider.more_keys, provider.key.as_dict(private=False)]}

        def say(self, document: dict[str, Any] | None) -> None:
            text = json.dumps(document if document is not None else {"error": "invalid_grant"}).encode()
            self.send_response(200 if document is not None else 400)
            self.send_header("Content-Length", str(len(text) + 1000 * (provider.broken == "cut")))
            self.send_header("Content-Encoding", "gzip" * (provider.broken == "gzip") or "identity")
            self.end_headers()
            if provider.drips:
                with suppress(OSError):
                    for place in range(len(text)):
                        self.wfile.write(text[place : place + 1])
                        time.sleep(0.02)
                return
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
