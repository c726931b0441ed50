"""A mail server (aiosmtpd) that fails at random, and writes down what it takes as real ones do.

`python -m support.letter_server LOG SEED SHARE` prints its port. LOG gets one JSON line a mail that it took, and
LOG.mail a mail log with the Message-ID of each. SHARE of the conversations fail, in every way that a server can:
`busy@` and `refuse@` always do. It hangs up before a mail was taken (`drop@` always), and after it was taken without
saying so (`vanish@` once).
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from random import Random  # noqa: TID251  (seeded: the same failures in every run)

from aiosmtpd.smtp import SMTP, Envelope, Session

SLOW = 0.03
"""Seconds that a slow answer takes."""


class Taker:
    """Takes mails, or fails."""

    def __init__(self, log: Path, seed: int, share: float) -> None:
        self.log, self.mail_log = log, log.with_name(f"{log.name}.mail")
        self.chance, self.share = Random(seed), share  # noqa: S311  (seeded: the same failures in every run)
        self.number = 0
        self.vanished = set[str]()
        self.note("mail server started")

    def note(self, text: str) -> None:
        """One line of the mail log."""
        with self.mail_log.open("a", encoding="utf-8") as log:
            moment = datetime.now(UTC)  # noqa: TID251  (a server of its own, with the machine's clock)
            log.write(f"{moment.isoformat()} mail smtpd[1]: {text}\n")

    def fails(self) -> str:
        """How this step fails; mostly not at all."""
        if self.chance.random() >= self.share:
            return ""
        return self.chance.choice(["later", "gone", "slow", "gone_after"])

    async def handle_EHLO(self, server: SMTP, session: Session, _envelope: Envelope, hostname: str) -> str:  # noqa: N802  (the library's name)
        session.host_name = hostname
        self.note("connect from localhost")
        if self.fails() == "gone":
            hang_up(server)
        return "250 HELP"

    async def handle_RCPT(  # noqa: N802  (as above)
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        how = self.fails()
        if how == "gone":
            hang_up(server)
        if address.startswith("refuse"):
            return "550 5.1.1 no such mailbox"
        if how == "later" or address.startswith("busy"):
            return "450 4.2.0 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (as above)
        how = self.fails() or self.way_of(str(envelope.rcpt_tos[0]))
        if how == "later":
            return "451 4.3.0 try later"
        if how == "gone":
            hang_up(server)
            return "451 gone"
        if how == "slow":
            await asyncio.sleep(SLOW)
        self.take(envelope)
        if how == "gone_after":
            hang_up(server)
        return f"250 2.0.0 Ok: queued as Q{self.number:06d}"

    def way_of(self, address: str) -> str:
        """How a letter to this address always fails, or fails once."""
        if address.startswith("vanish") and address not in self.vanished:
            self.vanished.add(address)
            return "gone_after"
        return "gone" if address.startswith("drop") else ""

    def take(self, envelope: Envelope) -> None:
        """It is taken when it stands in the log, and said to be only then."""
        content = envelope.content
        assert isinstance(content, bytes)
        name = str(message_from_bytes(content)["Message-ID"])
        self.number += 1
        with self.log.open("a", encoding="utf-8") as log:
            seen = {"to": envelope.rcpt_tos[0], "id": name, "mail": content.decode("utf-8", "replace")}
            log.write(json.dumps(seen) + "\n")
        self.note(f"taken message-id={name}")


def hang_up(server: SMTP) -> None:
    """As a server that dies."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


async def serve(log: Path, seed: int, share: float) -> None:
    """Listen until the process is ended."""
    taker = Taker(log, seed, share)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(taker, enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  (the parent reads it)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
