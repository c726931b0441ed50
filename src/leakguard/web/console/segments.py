"""A sentence of ours in parts: words, names between backticks, ids of duties, and moments, as a page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from babel.dates import format_datetime

from leakguard.frozen import Frozen
from leakguard.web.console.plain import plain_name

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leakguard.web.console.desk import Desk

_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_PART = re.compile(
    rf"`(?P<code>[^`]+)`|(?P<moment>{_STAMP})(?: ?[(（][^()（）]*{_STAMP}[)）])?"
    r"|(?<![A-Za-z0-9_./-])(?P<id>[a-z]{2,3}(?:-[a-z0-9]+){2,}(?:\.[a-z_0-9]+)?|[a-z]+(?:_[a-z]+)+)(?![A-Za-z0-9_/-])"
)
_FORMS = {"en": ("en_GB", "EEE d MMM yyyy, HH:mm:ss"), "zh": ("zh_CN", "yyyy年M月d日（EEE）HH:mm:ss")}


class Part(Frozen):
    """A part of a sentence: words, or a name, or a moment."""

    text: str
    code: str = ""
    """The id or the command that stands here."""
    moment: str = ""
    """As the sentence has it; `text` is how the page says it."""


def segments(desk: Desk | None, text: str, language: str) -> Iterator[Part]:
    """The parts in their order. A name has its plain name as `text`, where there is one."""
    begun = 0
    for found in _PART.finditer(text):
        part = _part(desk, found, language)
        if part is None:
            continue
        if found.start() > begun:
            yield Part(text=text[begun : found.start()])
        yield part
        begun = found.end()
    if begun < len(text):
        yield Part(text=text[begun:])


def _part(desk: Desk | None, found: re.Match[str], language: str) -> Part | None:
    if stamp := found["moment"]:
        return Part(text=moment_words(stamp, desk.zone if desk is not None else None, language), moment=stamp)
    code = found["code"] or found["id"]
    name = plain_name(desk, code) if desk is not None else ""
    return Part(text=name, code=code) if name or found["code"] else None


def moment_words(stamp: str, zone: ZoneInfo | None, language: str) -> str:
    """A moment where it counts, in the reader's form; with its offset where that of the reader's zone is another."""
    moment = datetime.fromisoformat(stamp)
    locale, form = _FORMS[language]
    words = format_datetime(moment, form, locale=locale, tzinfo=moment.tzinfo)
    is_own = zone is not None and moment.astimezone(zone).utcoffset() == moment.utcoffset()
    return words if is_own else f"{words} {_offset(moment)}"


def _offset(moment: datetime) -> str:
    return f"UTC{moment.isoformat()[-6:]}" if moment.utcoffset() else "UTC"
