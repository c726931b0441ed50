"""What a finding says of the data behind it, in words for a person and in plain values for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.models.kinds import DataSeen, People
from leakguard.outputs.words import count_words, printable

MOST_KINDS = 4
"""Kinds of data that a row names."""


def data_lines(data: DataSeen | None, *, most_kinds: int | None = MOST_KINDS) -> Iterator[str]:
    """Kinds (`None`: all of them), people, growth and standards in a few words each; nothing where nothing is known."""
    if data is None:
        return
    kinds = kinds_of(data)
    if kinds:
        named = kinds[:most_kinds]
        more = f" and {len(kinds) - len(named)} more" if len(kinds) > len(named) else ""
        # Each kind was made printable and cut on its own.
        yield f"data: {', '.join(named)}{more}".replace("_", " ")
    if data.people is not None:
        yield f"people: {people_words(data.people)}"
    if data.growth is not None and data.growth.records:
        noun = "record" if abs(data.growth.records) == 1 else "records"
        yield f"{data.growth.records:+,} {noun} since {data.growth.since:%Y-%m-%d %H:%M} UTC"
    if data.sensitive:
        yield printable(f"sensitive by {', '.join(standards_of(data))}")


def people_words(people: People) -> str:
    """`at least 412, at most 1,000`."""
    at_least = f"at least {count_words(people.low)}" if people.low is not None else ""
    at_most = f"at most {count_words(people.high)}" if people.high is not None else ""
    return ", ".join(filter(None, (at_least, at_most)))


def kinds_of(data: DataSeen | None) -> tuple[str, ...]:
    """The kinds, each once."""
    return tuple(dict.fromkeys(printable(category.category) for category in data.categories)) if data else ()


def standards_of(data: DataSeen | None) -> tuple[str, ...]:
    """The standards that call any of it sensitive, each once."""
    return tuple(dict.fromkeys(printable(each.standard) for each in data.sensitive)) if data else ()


def versions_of(data: DataSeen | None) -> tuple[str, ...]:
    """As `standards_of`, each with its version: `PIPL Art. 28 (in force since 2021-11-01)`."""
    if data is None:
        return ()
    return tuple(dict.fromkeys(printable(f"{each.standard} ({each.version})") for each in data.sensitive))


def data_values(data: DataSeen | None) -> dict[str, Any]:
    """For outputs that take plain values; empty where nothing is known."""
    people = data.people if data else None
    values = {
        "data_kinds": list(kinds_of(data)),
        "sensitive_by": list(versions_of(data)),
        "people_low": people.low if people else None,
        "people_high": people.high if people else None,
    }
    return {name: value for name, value in values.items() if value not in (None, [])}
