"""How somebody reads the console: the language and the zone of their account, else those of the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.core import negotiate_locale

from leakguard.clocks.times import zone_of
from leakguard.errors import LeakGuardError
from leakguard.translations.catalogue import ENGLISH, LANGUAGES, Catalogue, catalogue

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from starlette.requests import Request

    from leakguard.use_cases.accounts.callers import Caller

LANGUAGE_COOKIE, ZONE_COOKIE = "leakguard-language", "leakguard-zone"


def words_of(request: Request, caller: Caller | None = None) -> Catalogue:
    """The reader's language: the account's, else the one chosen in this browser, else what the browser asks for."""
    chosen = (caller.language if caller is not None else "") or request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return catalogue(chosen)
    asked = request.headers.get("accept-language", "")[:200]
    wanted = [part.partition(";")[0].strip().replace("-", "_") for part in asked.split(",")]
    return catalogue(negotiate_locale([language for language in wanted if language], list(LANGUAGES)) or ENGLISH)


def reader_zone(request: Request, caller: Caller, default: str) -> ZoneInfo:
    """The zone in which this reader sees times: the account's, else the browser's, else `default`."""
    for word in (caller.zone, request.cookies.get(ZONE_COOKIE, "")[:60]):
        try:
            if word:
                return zone_of(word)
        except LeakGuardError:
            continue
    return zone_of(default)


def language_cookie(language: str, *, is_secure: bool) -> str:
    """The header by which a browser keeps a language, also for the login page."""
    secure = "; Secure" if is_secure else ""
    return f"{LANGUAGE_COOKIE}={language}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax{secure}"
