"""Plain-text mail through a mail server, with STARTTLS, TLS from the start, or neither."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal

from leakguard.channels.failures import fail, within
from leakguard.channels.mail_headers import CRLF
from leakguard.channels.wording import mail_text, one_line, subject
from leakguard.frozen import Frozen
from leakguard.models.alarms import AlarmMessage
from leakguard.models.texts import counted
from leakguard.ports import Now

STEPS = 3
"""A conversation may take so many times the timeout of one answer, and not longer."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)
_LOOK = "See the mail server's log and the channel's settings in leakguard.toml."


class SmtpChannel(Frozen, hidden=("password",)):
    """One mail server, one sender, some recipients."""

    name: str
    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    now: Now
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 20
    """Seconds for one answer."""
    head: Callable[[], str] = str
    """The short head of the ledger, or an empty text; printed at the foot of the mail."""
    tls: ssl.SSLContext | None = None
    """`None` means the certificates that the machine trusts."""

    def send(self, message: AlarmMessage) -> None:
        """Send one mail; raises `ChannelFailed`, also when only some of the recipients were refused."""
        if self.password and self.security == "none":
            fail(self.name, "a password is never sent without TLS", "Set security to starttls or tls.")
        mail = self.mail(message)
        within(STEPS * self.timeout, lambda: self._deliver(mail), channel=self.name)

    def mail(self, message: AlarmMessage) -> EmailMessage:
        """The mail; the same message keeps its Message-ID, so that a mailbox can drop a repetition."""
        mail = EmailMessage(policy=CRLF)
        mail["Subject"] = subject(message)
        mail["From"] = one_line(self.sender)
        mail["To"] = ", ".join(one_line(one) for one in self.recipients)
        mail["Date"] = format_datetime(self.now())
        domain = _UNSAFE.sub("", parseaddr(self.sender)[1].rpartition("@")[2]) or "leakguard.invalid"
        mail["Message-ID"] = f"<{_UNSAFE.sub('.', message.id)}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        # Old servers take seven bits alone.
        mail.set_content(mail_text(message, head=self.head()), cte="quoted-printable")
        return mail

    def _deliver(self, mail: EmailMessage) -> None:
        try:
            refused = self._converse(mail)
        except smtplib.SMTPRecipientsRefused:
            fail(self.name, "the mail server refused every recipient", _LOOK)
        except smtplib.SMTPResponseException as error:
            fail(self.name, f"the mail server answered {int(error.smtp_code)} ({type(error).__name__})", _LOOK)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            fail(self.name, f"the mail could not be delivered ({type(error).__name__})", _LOOK)
        if refused:
            fail(self.name, f"the mail server refused {refused} of {counted(len(self.recipients), 'recipient')}", _LOOK)

    def _converse(self, mail: EmailMessage) -> int:
        """Talk to the server; returns how many recipients it refused."""
        context = self.tls or ssl.create_default_context()
        if self.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            client = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                client.starttls(context=context)
            if self.user and self.password:
                client.login(self.user, self.password)
            return len(client.send_message(mail))
        finally:
            # The mail is accepted or it is not; a farewell cannot change that and must not hang.
            client.close()
