"""The form as an application: one path, its methods, and a limit on everything that a stranger can send."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request

from leakguard.errors import LeakGuardError
from leakguard.frozen import Frozen, field
from leakguard.intake.form_words import FormText
from leakguard.intake.public_form import MOST_BODY, FormProblem, SubmittedForm, read_submitted
from leakguard.logs import log
from leakguard.web.hosts import Site, WrongHost, WrongWay
from leakguard.web.limits import MOST_HEADERS, Limiter, Rate, TooMany
from leakguard.web.report_form.inbox import InboxFull
from leakguard.web.report_form.page import FormReply, page
from leakguard.web.sessions import CrossSite, refuse_foreign_page

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from leakguard.models.report_settings import FormSettings

READING = Rate(burst=120, each_second=2)
"""Requests of any kind of one address."""
MOST_SECONDS = 60.0
"""In which a whole report has to arrive."""
MOST_WAIT = 20.0
"""Seconds that a report waits for the one before it."""
_KIND = "application/x-www-form-urlencoded"
_HOUR = 3600


class FormLimiters(Frozen):
    """What is counted in the memory of this process, and forgotten with it."""

    reading: Limiter
    sending: Limiter
    everybody: Limiter

    @classmethod
    def of(cls, settings: FormSettings, clock: Callable[[], float] = time.monotonic) -> FormLimiters:
        """New ones, by the settings."""
        each, together = settings.each_hour, settings.all_each_hour
        return cls(
            reading=Limiter(READING, clock),
            sending=Limiter(Rate(burst=each, each_second=each / _HOUR), clock),
            everybody=Limiter(Rate(burst=together, each_second=together / _HOUR), clock),
        )


def counted_as(address: str) -> str:
    """By what an address is counted: an IPv6 network of 64 bits belongs to one customer."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return str(IPv6Network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


class FormApp(Frozen):
    """An ASGI application."""

    site: Site
    limiters: FormLimiters
    words: Callable[[str], FormText]
    """The words of a language."""
    keep: Callable[[bytes], str]
    """Takes in the JSON of a form, and returns its number."""
    is_drill: bool = False
    one_at_a_time: anyio.Lock = field(default_factory=anyio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        words = self.words(_language(request))
        try:
            response = await self._answer(request, words)
        except ClientDisconnect:
            return
        log.info("form_answered", code=response.status_code)
        await response(scope, receive, send)

    async def _answer(self, request: Request, words: FormText) -> Response:
        peer = request.client.host if request.client is not None else ""
        try:
            _refuse_long_head(request)
            self.site.refuse_strangers(request.headers, peer)
            key = counted_as(self.site.address(request.headers, peer))
            self.limiters.reading.take(key)
        except (WrongHost, WrongWay, TooMany, _LongHead) as error:
            return self._refused_at_the_door(error, words)
        if request.url.path != "/":
            return self._page(words, 404, refused=words("nowhere"))
        if request.method in {"GET", "HEAD"}:  # the server sends no body for a `HEAD`
            return self._page(words)
        if request.method != "POST":
            return self._page(words, 405, refused=words("wrong_kind"), more={"allow": "GET, HEAD, POST"})
        return await self._taken(request, key, words)

    def _refused_at_the_door(self, error: LeakGuardError, words: FormText) -> Response:
        if isinstance(error, TooMany):
            return self._too_many(error, words)
        status = {WrongHost: 421, WrongWay: 403}.get(type(error), 431)
        return self._page(words, status, refused=words("not_taken"))

    def _too_many(self, error: TooMany, words: FormText) -> Response:
        minutes = -(-error.wait_seconds // 60)
        more = {"retry-after": str(error.wait_seconds)}
        return self._page(words, 429, refused=words("too_many", minutes=minutes), more=more)

    async def _taken(self, request: Request, key: str, words: FormText) -> Response:
        """A report that is sent: refused before anything of it is read, where that is possible."""
        kind, _, more = request.headers.get("content-type", "").partition(";")
        if kind.strip().lower() != _KIND or (more.strip() and more.strip().lower() != "charset=utf-8"):
            return self._page(words, 415, refused=words("wrong_kind"))
        try:
            refuse_foreign_page(request, self.site, needs_proof=False)
            self.limiters.sending.take(key)
        except CrossSite:
            return self._page(words, 403, refused=words("wrong_page"))
        except TooMany as error:
            return self._too_many(error, words)
        length = request.headers.get("content-length", "0")
        body = None
        if length.isdecimal() and int(length[:12]) <= MOST_BODY:
            with anyio.move_on_after(MOST_SECONDS) as patience:
                body = await _body(request)
            if patience.cancelled_caught:
                return self._page(words, 408, refused=words("slow"), more={"connection": "close"})
        if body is None:
            too_long = SubmittedForm(values={}, problems=(FormProblem(field="", wrong="too_long", most=MOST_BODY),))
            return self._page(words, 413, submitted=too_long, more={"connection": "close"})
        return await self._kept(read_submitted(body), words)

    async def _kept(self, submitted: SubmittedForm, words: FormText) -> Response:
        chosen = submitted.values.get("lang", "")
        words = self.words(chosen) if chosen in {"en", "zh"} else words
        if submitted.problems:
            return self._page(words, 422, submitted=submitted)
        try:
            self.limiters.everybody.take("")
            with anyio.fail_after(MOST_WAIT):
                await self.one_at_a_time.acquire()
        except TooMany as error:
            return self._too_many(error, words)
        except TimeoutError:
            return self._page(words, 503, refused=words("busy"))
        try:
            number = await to_thread.run_sync(self.keep, submitted.document)
        except InboxFull:
            return self._page(words, 503, refused=words("full"))
        except (LeakGuardError, OSError) as error:
            log.error("request_failed", error=type(error).__name__)
            return self._page(words, 503, refused=words("busy"))
        finally:
            self.one_at_a_time.release()
        return self._page(words, 201, number=number, is_answered=bool(submitted.values.get("email")))

    def _page(self, words: FormText, status: int = 200, **reply: Any) -> Response:  # noqa: ANN401  (the fields of `FormReply`)
        return page(words, status, FormReply(**reply), is_secure=self.site.is_secure, is_drill=self.is_drill)


class _LongHead(LeakGuardError):
    """The head of a request is longer than any of ours."""


def _refuse_long_head(request: Request) -> None:
    scope = request.scope
    size = sum(len(name) + len(value) + 4 for name, value in scope["headers"]) + len(scope.get("raw_path") or b"")
    if size + len(scope["query_string"]) > MOST_HEADERS:
        raise _LongHead("the headers of this request are too long", next_step="Send fewer of them.")


async def _body(request: Request) -> bytes | None:
    """What is sent; nothing where it is too long, which is then not read to its end."""
    parts, size = list[bytes](), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BODY:
            return None
        parts.append(chunk)
    return b"".join(parts)


def _language(request: Request) -> str:
    """As the address says, else as the browser asks first."""
    asked = request.query_params.get("lang", "")[:2]
    first = request.headers.get("accept-language", "")[:2].lower()
    return asked if asked in {"en", "zh"} else "zh" if first == "zh" else "en"
