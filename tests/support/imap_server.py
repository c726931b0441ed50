"""A real mailbox: mails come in by SMTP (aiosmtpd), lie in a Maildir, and are read by IMAP over TLS (pymap).

`python -m support.imap_server LOG FOLDER` prints the port of IMAP; LOG gets one JSON line, with the port of SMTP.
FOLDER holds `cert.pem` and `key.pem`. The user is `reports`, the password stands below; pymap speaks plain IMAP on
loopback, and a relay in this process gives it TLS from the first byte.
"""

from __future__ import annotations

import asyncio
import json
import mailbox
import socket
import ssl
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from pymap.main import main as serve_imap
from pysasl.hashing import BuiltinHash

USER, PASSWORD = "reports", "correct horse"
SECOND_USER, SECOND_PASSWORD = "second", "pässword"
THIRD_USER = 'shared "box"'
"""Both open the same mailbox."""
_USERS = {USER: PASSWORD, SECOND_USER: SECOND_PASSWORD, THIRD_USER: PASSWORD}
_HERE = "127.0.0.1"


class Delivery:
    """Puts each mail into the mailbox, with the line that a last server adds."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (its name)
        content = envelope.content
        assert isinstance(content, bytes)
        self._box.add(content)
        return "250 OK"


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Bytes to pymap and back, until one of them has had enough."""
    inner_reader, inner_writer = await asyncio.open_connection(_HERE, port)

    async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.close()

    await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer))


def tell(log: Path, *, smtp: int, imap: int) -> None:
    """Let the parent know both ports."""
    log.write_text(json.dumps({"smtp": smtp}) + "\n", encoding="utf-8")
    print(imap, flush=True)  # noqa: T201  (the parent reads it)


async def fronts(log: Path, folder: Path, port: int) -> None:
    """The TLS side of IMAP, and SMTP; both ports are told once both listen and pymap answers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    imap = await asyncio.start_server(lambda r, w: relay(r, w, port), _HERE, 0, ssl=context)
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: SMTP(Delivery(folder / "reports")), _HERE, 0)
    while True:
        with suppress(OSError):
            (await asyncio.open_connection(_HERE, port))[1].close()
            break
        await asyncio.sleep(0.05)
    tell(log, smtp=smtp.sockets[0].getsockname()[1], imap=imap.sockets[0].getsockname()[1])
    async with imap, smtp:
        await asyncio.Event().wait()


def main() -> None:
    """Serve until the process is ended."""
    log, folder = Path(sys.argv[1]), Path(sys.argv[2])
    tempfile.tempdir = str(folder)  # pymap moves its files into the mailbox, which another disk does not allow
    known, hashes = (folder / f"pymap-etc-{name}" for name in ("passwd", "shadow"))
    known.write_text("".join(f"{name}:x:1000:::{USER}\n" for name in _USERS), encoding="utf-8")
    hashes.write_text(
        "".join(f"{name}:{BuiltinHash().hash(word)}\n" for name, word in _USERS.items()), encoding="utf-8"
    )
    (folder / "pymap-etc-group").touch()
    with socket.socket() as probe:
        probe.bind((_HERE, 0))
        port = probe.getsockname()[1]
    threading.Thread(target=lambda: asyncio.run(fronts(log, folder, port)), daemon=True).start()
    sys.argv = ["pymap", "--host", _HERE, "--port", str(port), "--no-tls", "maildir", str(folder)]
    serve_imap()


if __name__ == "__main__":
    main()
