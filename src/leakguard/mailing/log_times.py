"""The time at the head of a log's line, where it is an instant and not a local time that nobody can place."""

from __future__ import annotations

from datetime import UTC, datetime


def instant_at_head(line: str) -> datetime | None:
    """The instant of the first word, as rsyslog and journalctl write it in RFC 3339; `None` for any other head."""
    word = line.split(maxsplit=1)[0] if line.strip() else ""
    try:
        moment = datetime.fromisoformat(word)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):  # the second for an instant before the year 1 or after 9999
        return None
