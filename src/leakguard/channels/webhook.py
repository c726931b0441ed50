"""A JSON document by HTTP POST, signed, with an id that tells a repetition."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from http.client import responses

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_auth_from_url

from leakguard.channels.failures import fail, within
from leakguard.channels.wording import to_json
from leakguard.errors import ChannelFailed
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage
from leakguard.ports import Now

EVENT_HEADER = "X-LeakGuard-Event"
TIMESTAMP_HEADER = "X-LeakGuard-Timestamp"
SIGNATURE_HEADER = "X-LeakGuard-Signature"
TOO_MANY_REQUESTS = 429
LONGEST = timedelta(seconds=60)
"""No attempt begins later than that: the next level waits for the end of this one, and so do all other alarms."""
_STRAIGHT = {"http": "", "https": ""}
"""The settings alone say who gets an alarm: a proxy of the environment may read it, or keep it from arriving."""
_LOOK = "See whether the receiver is up, and the channel's settings in leakguard.toml."


class WebhookChannel(Frozen, hidden=("url", "secret")):
    """One receiver. Server errors and silences are tried again; a refusal and a redirect are final."""

    name: str
    url: str
    """May hold a token, so it is never shown."""
    now: Now
    sleep: Callable[[float], None]
    secret: str = ""
    attempts: int = 3
    timeout: float = 10
    """Seconds of one attempt."""

    def send(self, message: AlertMessage) -> None:
        """Post the document; raises `ChannelFailed` when the last attempt failed too."""
        body = _document(message)
        began, wait = self.now(), timedelta(seconds=1)
        for number in range(1, self.attempts + 1):
            what = self._try(body, message.id)
            if not what:
                return
            if number == self.attempts or self.now() + wait - began > LONGEST:
                fail(self.name, f"{what}, after {number} attempts", _LOOK)
            self.sleep(wait.total_seconds())
            wait *= 2

    def send_and_report(self, message: AlertMessage) -> str:
        """Post the document once, whatever `attempts` says; returns the status, such as `HTTP 204`."""
        body = _document(message)
        answer = self._answered(body, message.id)
        if isinstance(answer, str):
            fail(self.name, answer, _LOOK)
        status_line = f"HTTP {answer} {responses.get(answer, '')}".rstrip()
        try:
            what = self._judged(answer)
        except ChannelFailed as error:
            error.answer = status_line
            raise
        if what:
            fail(self.name, what, _LOOK, answer=status_line)
        return status_line

    def _try(self, body: bytes, event: str) -> str:
        """What went wrong and may be better next time; empty when the document was taken."""
        answer = self._answered(body, event)
        return answer if isinstance(answer, str) else self._judged(answer)

    def _answered(self, body: bytes, event: str) -> int | str:
        """The status, or why there is none; never later than `timeout` allows."""
        try:
            return within(2 * self.timeout, lambda: self._post(body, event), channel=self.name)
        except ChannelFailed as late:
            return late.message.partition(": ")[2]

    def _judged(self, status: int) -> str:
        """What may be better next time; raises `ChannelFailed` for what stays as it is."""
        if requests.codes.ok <= status < requests.codes.multiple_choices:
            return ""
        if status >= requests.codes.server_error or status == TOO_MANY_REQUESTS:
            return f"the receiver answered {status}"
        redirected = ": redirects are not followed" if status < requests.codes.bad_request else ""
        return fail(self.name, f"the receiver answered {status}{redirected}", _LOOK)

    def _post(self, body: bytes, event: str) -> int | str:
        """The status, or why there is none. The body of the answer is never read, so it needs no cap."""
        headers = {"Content-Type": "application/json", EVENT_HEADER: event.encode("ascii", "replace").decode()}
        headers |= signature(self.secret, body, int(self.now().timestamp()))
        try:
            with requests.Session() as session:
                session.auth = self._login()
                with session.post(
                    self.url,
                    data=body,
                    headers=headers,
                    timeout=self.timeout,
                    allow_redirects=False,
                    stream=True,
                    proxies={**_STRAIGHT},  # requests writes those of the environment into it
                ) as reply:
                    return reply.status_code
        except (requests.RequestException, OSError, ValueError) as error:
            return f"there was no answer ({type(error).__name__})"

    def _login(self) -> AuthBase | Callable[[requests.PreparedRequest], requests.PreparedRequest]:
        user, password = get_auth_from_url(self.url)
        return HTTPBasicAuth(user, password) if user or password else _no_login


def _document(message: AlertMessage) -> bytes:
    return json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":")).encode()


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from looking for a password in `~/.netrc`."""
    return request


def signature(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """The headers that prove who sent the document and when: HMAC-SHA256 over `<unix seconds>.<body>`.

    The time is signed too, so that a receiver can refuse an old document that somebody sends again.
    """
    stamp = str(timestamp)
    if not secret:
        return {TIMESTAMP_HEADER: stamp}
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: f"v1={digest}"}
