"""A hundred chat services through apprise; the address holds a token and is never shown."""

from __future__ import annotations

import logging
import re

from leakguard.channels.chat_answers import refusals_read
from leakguard.channels.failures import fail, within, without_secrets
from leakguard.channels.wording import chat_text
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage, Severity

TIMEOUT = 30.0
"""Seconds; apprise waits four for a connection and four for an answer, and some services need several requests."""
_TYPES = {Severity.NOTICE: "info", Severity.WARNING: "warning", Severity.URGENT: "warning", Severity.OVERDUE: "failure"}

_SECRET = re.compile(r"[\w.~%+-]{8,}")
"""A part of an address that may be a token."""


class ChatChannel(Frozen, hidden=("url",)):
    """One chat room."""

    name: str
    url: str
    timeout: float = TIMEOUT

    def send(self, message: AlertMessage) -> None:
        """Post titles, clocks and times; raises `ChannelFailed`."""
        self.send_and_report(message)

    def send_and_report(self, message: AlertMessage) -> str:
        """As `send`; apprise tells no more than that the service took the message."""
        within(self.timeout, lambda: self._notify(message), channel=self.name)
        return "the chat service took the message"

    def _notify(self, message: AlertMessage) -> None:
        import apprise  # noqa: PLC0415  (heavy, and most houses have no chat channel)

        _silence(logging.getLogger("apprise"))
        asset = apprise.AppriseAsset(secure_logging=True, async_mode=False, app_id="LeakGuard")
        # A POST that is redirected becomes a GET, whose answer says nothing of the message.
        asset.http_redirects = False
        service = apprise.Apprise(asset=asset)
        if not service.add(self.url):
            fail(self.name, "its address is none that apprise knows", "See https://appriseit.com for the addresses.")
        kind = apprise.NotifyType(_TYPES[message.severity])
        with refusals_read(service[0]) as refusals:
            taken = service.notify(body=chat_text(message), notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
        if not taken:
            answer = without_secrets("; ".join(refusals), self.url, *_SECRET.findall(self.url))
            what = "the chat service did not take the message"
            fail(self.name, what, "See whether its token is still valid.", answer=answer)


def _silence(logger: logging.Logger) -> None:
    """Keep its warnings, which may hold an address, from reaching the terminal."""
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
