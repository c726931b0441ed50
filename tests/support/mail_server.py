"""A real mail server (aiosmtpd) that keeps what it is sent; the first recipient says how it behaves.

`python -m support.mail_server LOG [starttls|tls FOLDER]` prints its port.
`refuse@` is no mailbox here, `echo@` is none either and the answer holds the password,
`busy@` ends with 451, `cut@` disconnects half-way, `hang@` never answers.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from support.servers import SILENCE

PASSWORD = "correct horse"


class Keeper:
    """The server's mailbox."""

    def __init__(self, log: Path) -> None:
        self.log = log

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("refuse@"):
            return "550 5.1.1 no such mailbox CANARY-server-words"
        if address.startswith("echo@"):
            return f"550 5.1.1 no mailbox for {PASSWORD}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (as above)
        first = str(envelope.rcpt_tos[0]).partition("@")[0]
        if first == "busy":
            return "451 4.3.0 try later"
        if first == "cut":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if first == "hang":
            await asyncio.sleep(SILENCE)
        content = envelope.content
        assert isinstance(content, bytes)
        seen = {"to": envelope.rcpt_tos, "mail": content.decode(), "tls": session.ssl is not None}
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({**seen, "login": bool(session.authenticated)}) + "\n")
        return "250 OK"


def knows(_server: Any, _session: Any, _envelope: Any, _kind: str, login: Any) -> AuthResult:  # noqa: ANN401  (the library's)
    """One user, one password."""
    return AuthResult(success=(login.login, login.password) == (b"soc", PASSWORD.encode()))


async def serve(log: Path, security: str, folder: str) -> None:
    """Listen until the process is ended."""
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(folder) / "cert.pem", Path(folder) / "key.pem")
    starttls = context if security == "starttls" else None
    handler = Keeper(log)

    def protocol() -> SMTP:
        return SMTP(
            handler,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=knows,
            auth_required=security == "starttls",
            auth_require_tls=True,
        )

    loop = asyncio.get_running_loop()
    inner = context if security == "tls" else None
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=inner)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  (the parent reads it)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), *(sys.argv[2:] or ["none", ""])))
