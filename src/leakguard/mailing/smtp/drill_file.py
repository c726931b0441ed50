"""What a drill does in the place of sending: one line a letter in a file, marked as a drill. Opens no connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from leakguard.channels.file import append_line
from leakguard.frozen import Frozen
from leakguard.mailing.smtp.letter_mail import mail_bytes
from leakguard.models.mails import AnswerKind, MailAnswer, OutgoingMail
from leakguard.models.moments import to_z
from leakguard.ports import Now

MARK = "DRILL"


class DrillMailer(Frozen):
    """Stands for a mail server, under its name; implements `ports.Mailer` and `ports.MailSession`."""

    name: str
    path: Path
    sender: str
    now: Now

    def open(self) -> DrillMailer:
        """There is nothing to open."""
        return self

    def offer(self, mail: OutgoingMail, before_end: Callable[[], None]) -> MailAnswer:
        """Put the mail together as if it were sent, and note what would have gone out: no address, no word of it."""
        size = len(mail_bytes(mail, sender=self.sender, at=self.now()))
        before_end()
        told = {
            "drill": MARK, "channel": self.name, "at": to_z(self.now()), "message_id": mail.message_id,
            "lang": mail.lang, "bytes": size, "attachments": len(mail.attachments),
        }  # fmt: skip
        append_line(self.name, self.path, json.dumps(told) + "\n")
        return MailAnswer(kind=AnswerKind.ACCEPTED, queue_id=MARK)

    def close(self) -> None:
        """There is nothing to close."""
