"""Makes the mailer of a channel that the settings name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from leakguard.channels.failures import fail
from leakguard.channels.file import append_line
from leakguard.channels.make import ChannelContext
from leakguard.frozen import Frozen
from leakguard.mailing.smtp.letter_mail import UnsafeHeader, is_sender, mail_bytes
from leakguard.mailing.smtp.letter_smtp import SmtpMailer
from leakguard.models.alerts import ChannelSettings
from leakguard.models.mails import AnswerKind, MailAnswer, OutgoingMail
from leakguard.models.moments import to_z
from leakguard.ports import Mailer, Now

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
        """Put the mail together as if it were sent, and write one line about it, without its address or its text."""
        try:
            size = len(mail_bytes(mail, sender=self.sender, at=self.now()))
        except UnsafeHeader:
            return MailAnswer(kind=AnswerKind.NOT_POSSIBLE)
        before_end()
        document = {
            "drill": MARK, "channel": self.name, "at": to_z(self.now()), "message_id": mail.message_id,
            "lang": mail.lang, "bytes": size, "attachments": len(mail.attachments),
        }  # fmt: skip
        append_line(self.name, self.path, json.dumps(document) + "\n")
        return MailAnswer(kind=AnswerKind.ACCEPTED, queue_id=MARK)

    def close(self) -> None:
        """There is nothing to close."""


def make_mailer(channel: ChannelSettings, around: ChannelContext) -> Mailer:
    """A mailer for the mail server of a channel; in a drill it writes a file and opens no connection.

    Raises `ChannelFailed` when `from` is no address in ASCII, or the environment lacks the password.
    """
    options = channel.options
    sender = options["from"]
    if not is_sender(sender):
        fail(channel.name, "`from` is no e-mail address in ASCII", 'Write it as "Name <office@example.edu>".')
    if around.sandbox is not None:
        return DrillMailer(name=channel.name, path=around.sandbox, sender=sender, now=around.now)
    variable = options["password_env"]
    if variable and not around.environment.get(variable):
        fail(
            channel.name,
            f"the environment variable {variable} is not set",
            f"Set {variable} where the letters are sent.",
        )
    return SmtpMailer(
        name=channel.name, host=options["host"], port=options["port"], sender=sender, security=options["security"],
        bounces_to=options["bounces_to"], user=options["user"], password=around.environment.get(variable or "", ""),
        timeout=options["timeout"], now=around.now, tls=around.tls,
    )  # fmt: skip
