"""Sentences about clocks, put together only when somebody asks, in the language of who asks.

A *message* is a text of the message catalogue, in English; catalogues give its translations. A sentence is a message
with placeholders `{}`, and the values that fill them. A translation may use the values in another order (`{1}`), and
may use one that the English leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from leakguard.clocks.phrases import JoinedPhrases, Line, Phrase, Translatable
from leakguard.clocks.times import local_text, rfc3339

Say = Callable[[str], str]
"""Translates a message."""


def english(message: str) -> str:
    """The message itself."""
    return message


def render(lines: Iterable[Line], zone: ZoneInfo, say: Say = english) -> tuple[str, ...]:
    """Render the lines as sentences; times are shown on the wall clock of `zone` and in UTC."""
    return tuple(_render_value(Phrase(*line), zone, say) for line in lines)


def _render_value(value: object, zone: ZoneInfo, say: Say) -> str:
    if isinstance(value, Phrase):
        return say(value.template).format(*(_render_value(part, zone, say) for part in value.values))
    if isinstance(value, Translatable):
        return say(value.text)
    if isinstance(value, JoinedPhrases):
        return say(value.between).join(_render_value(part, zone, say) for part in value.parts)
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
