"""Plain-text mail through a mail server, with STARTTLS, TLS from the start, or neither."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, Literal

from leakguard.channels.failures import fail, within, without_secrets
from leakguard.channels.mail_headers import CRLF
from leakguard.channels.smtp_answers import why_not_reached
from leakguard.channels.wording import mail_text, one_line, subject
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage
from leakguard.models.texts import counted
from leakguard.ports import Now

Refused = Mapping[str, tuple[int, bytes | str]]
"""By recipient, code and text of the answer."""
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

    def send(self, message: AlertMessage) -> None:
        """Send one mail; raises `ChannelFailed`, also when only some of the recipients were refused."""
        self.send_and_report(message)

    def send_and_report(self, message: AlertMessage) -> str:
        """As `send`; returns what the server answered to the end of the mail, such as `250 2.0.0 queued`."""
        if self.password and self.security == "none":
            fail(self.name, "a password is never sent without TLS", "Set security to starttls or tls.")
        mail = self.mail(message)
        return within(STEPS * self.timeout, lambda: self._deliver(mail), channel=self.name)

    def mail(self, message: AlertMessage) -> EmailMessage:
        """The mail; the same message keeps its Message-ID, so that a mailbox can drop a repetition."""
        mail = EmailMessage(policy=CRLF)
        mail["Subject"] = subject(message)
        mail["From"] = one_line(self.sender)
        mail["To"] = ", ".join(one_line(recipient) for recipient in self.recipients)
        mail["Date"] = format_datetime(self.now())
        domain = _UNSAFE.sub("", parseaddr(self.sender)[1].rpartition("@")[2]) or "leakguard.invalid"
        mail["Message-ID"] = f"<{_UNSAFE.sub('.', message.id)}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        # Old servers take seven bits alone.
        mail.set_content(mail_text(message, head=self.head()), cte="quoted-printable")
        return mail

    def _deliver(self, mail: EmailMessage) -> str:
        try:
            refused, taken = self._converse(mail)
        except smtplib.SMTPRecipientsRefused as error:
            answer = self._refusals(error.recipients)
            fail(self.name, "the mail server refused every recipient", _LOOK, answer=answer)
        except smtplib.SMTPResponseException as error:
            answer = self._answer(error.smtp_code, error.smtp_error)
            what = f"the mail server answered {int(error.smtp_code)} ({type(error).__name__})"
            fail(self.name, what, _LOOK, answer=answer)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            known = why_not_reached(error, f"{self.host}:{self.port}")
            what, next_step = known or ("the mail could not be delivered", _LOOK)
            fail(self.name, f"{what} ({type(error).__name__})", next_step)
        if refused:
            what = f"the mail server refused {len(refused)} of {counted(len(self.recipients), 'recipient')}"
            fail(self.name, what, _LOOK, answer=self._refusals(refused))
        return self._answer(*taken)

    def _converse(self, mail: EmailMessage) -> tuple[Refused, tuple[int, bytes | str]]:
        """Talk to the server; returns the recipients that it refused, and its last answer."""
        if self.security == "tls":
            client: _Plain | _Tls = _Tls(self.host, self.port, timeout=self.timeout, context=self._trusted())
        else:
            client = _Plain(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                client.starttls(context=self._trusted())
            if self.user and self.password:
                client.login(self.user, self.password)
            envelope = [parseaddr(recipient)[1] for recipient in self.recipients]
            return client.send_message(mail, to_addrs=envelope), client.taken
        finally:
            # The mail is accepted or it is not; a farewell cannot change that and must not hang.
            client.close()

    def _trusted(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context()

    def _refusals(self, refused: Refused) -> str:
        """The answers to the recipients that were refused, each once."""
        return "; ".join(dict.fromkeys(self._answer(*answer) for answer in refused.values()))

    def _answer(self, code: int, text: bytes | str) -> str:
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return without_secrets(f"{int(code)} {words}", self.password)


class _Plain(smtplib.SMTP):
    """Remembers what the server answered to the end of a mail."""

    taken: tuple[int, bytes | str] = (0, "")

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401  (the library's)
        """As the library's own."""
        self.taken = code, text = super().data(msg)
        return code, text


class _Tls(_Plain, smtplib.SMTP_SSL):
    """The same, in TLS from the first byte."""
