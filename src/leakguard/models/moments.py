"""Instants as text: RFC 3339 in UTC with a `Z`, as every file and every output has them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
"""A time that names an instant: a text without a zone is not read as one."""

_REMEMBERED = 8192
"""A watchman reads the same times of the same records every fifteen seconds."""


def to_z(moment: datetime) -> str:
    """`2026-11-24T15:58:20Z`, with microseconds where there are some.

    Raises `ValueError` for a time without a zone, because it names no instant.
    """
    return in_utc(moment).isoformat().removesuffix("+00:00") + "Z"


def in_utc(moment: datetime) -> datetime:
    """The same instant in UTC; raises `ValueError` for a time without a zone, because it names no instant."""
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a time without a zone names no instant")
    return moment.astimezone(UTC)


@lru_cache(maxsize=_REMEMBERED)
def from_z(text: str) -> datetime:
    """The instant of a text that `to_z` wrote; raises `ValueError` for any other spelling, and for what is no text."""
    try:
        moment = datetime.fromisoformat(text) if text.endswith("Z") else None
    except (TypeError, AttributeError) as error:
        raise ValueError("what is no text is no time") from error
    if moment is None or to_z(moment) != text:
        raise ValueError(f"not an RFC 3339 time in UTC: {text!r}")
    return moment
