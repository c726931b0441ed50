"""Sentences about clocks, put together only when somebody asks, in the language of who asks.

A sentence is a message with places `{}` and what stands in them. A language translates the message whole; its text may
have the values in another order (`{1}`), and may name one that the English leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from leakguard.clocks.phrases import Line, Phrase, Row, Word
from leakguard.clocks.times import local_text, rfc3339

Say = Callable[[str], str]
"""Gives a message in a language."""


def english(message: str) -> str:
    """The message itself."""
    return message


def told(lines: Iterable[Line], zone: ZoneInfo, say: Say = english) -> tuple[str, ...]:
    """The lines as sentences; times are told on the wall clock of `zone` and in UTC."""
    return tuple(_said(Phrase(*line), zone, say) for line in lines)


def _said(value: object, zone: ZoneInfo, say: Say) -> str:
    if isinstance(value, Phrase):
        return say(value.template).format(*(_said(one, zone, say) for one in value.values))
    if isinstance(value, Word):
        return say(value.text)
    if isinstance(value, Row):
        return say(value.between).join(_said(one, zone, say) for one in value.parts)
    if isinstance(value, datetime):
        return moment_text(value, zone) if say is english else _moment_in(value, zone, say)
    return str(value)


def _moment_in(moment: datetime, zone: ZoneInfo, say: Say) -> str:
    day = say(_DAYS[moment.astimezone(zone).weekday()])
    return say("{} ({}, {})").format(local_text(moment, zone), day, rfc3339(moment))


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@lru_cache(maxsize=4096)
def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-06-11T02:30:00+08:00 (Thursday, 2026-06-10T18:30:00Z)`."""
    return f"{local_text(moment, zone)} ({moment.astimezone(zone):%A}, {rfc3339(moment)})"
