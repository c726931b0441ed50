"""Namings: the names of collections and fields in a host's answers, and when the oldest of its data came in. Capped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from leakguard.checks.naming import NamePlace, Place
from leakguard.checks.replies import View
from leakguard.checks.sizes import count_of, found_at

Naming = tuple[str, str, tuple[str, ...]]
"""A collection's word, its name, and its fields as far as they are known."""
MOST_COLLECTIONS = 2_000
MOST_FIELDS = 20_000
"""Names that are read from one answer."""
MOST_LETTERS = 400_000
"""Of all names that are read at once: 20,000 fields of 20 letters. What longer ones mean takes too long to find out."""
MAX_NAME = 255
MAX_DEPTH = 12
"""Levels of fields within fields; Elasticsearch allows 20, and what lies deeper is rarely somebody's name."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = datetime(2000, 1, 1, tzinfo=UTC)
"""No store that we know is older; an earlier date is a clock that was never set."""


def namings_in(places: Sequence[NamePlace], view: View) -> tuple[Naming, ...]:
    """All names that the answers hold at these places, each collection once."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    left, letters = MOST_FIELDS, MOST_LETTERS
    for place in places:
        for name, field in _READERS[place.shape](found_at(place, view)):
            key = (place.word, name[:MAX_NAME])
            if key not in found:
                letters -= len(key[1])
                if len(found) >= MOST_COLLECTIONS or letters < 0:
                    break
            fields = found.setdefault(key, {})
            if field is not None and left > 0 and letters > 0:
                fields[field[:MAX_NAME]] = None
                left -= 1
                letters -= min(len(field), MAX_NAME)
    return tuple((word, name, tuple(fields)) for (word, name), fields in found.items())


def oldest_in(places: Sequence[Place], view: View, *, now: datetime) -> datetime | None:
    """When the oldest of the data came in, where the host tells a moment that can be true."""
    for place in places:
        milliseconds = count_of(found_at(place, view))
        if milliseconds is not None and milliseconds < (now - _EPOCH) / timedelta(milliseconds=1):
            moment = _EPOCH + timedelta(milliseconds=milliseconds)
            if moment >= _FIRST_YEAR:
                return moment
    return None


_Pairs = Iterator[tuple[str, str | None]]


def _names(listed: Any) -> _Pairs:  # noqa: ANN401  (JSON holds anything)
    for name in listed[:MOST_COLLECTIONS] if isinstance(listed, list) else ():
        if isinstance(name, str) and name:
            yield name, None


def _pairs(listed: Any) -> _Pairs:  # noqa: ANN401  (JSON holds anything)
    for pair in listed[:MOST_FIELDS] if isinstance(listed, list) else ():
        match pair:
            case [str(name), str(field), *_] if name and field:
                yield name, field
            case [str(name), [*fields]] if name:
                yield from ((name, field) for field in fields[:MOST_FIELDS] if isinstance(field, str) and field)


def _mapping(document: Any) -> _Pairs:  # noqa: ANN401  (JSON holds anything)
    """Before Elasticsearch 7 the properties stand below a type of documents."""
    for index, body in document.items() if isinstance(document, dict) else ():
        mappings = body.get("mappings") if isinstance(body, dict) else None
        if not isinstance(index, str) or not isinstance(mappings, dict):
            continue
        typed = [mapping for mapping in mappings.values() if isinstance(mapping, dict) and "properties" in mapping]
        for properties in [mappings, *typed]:
            for field in _properties(properties, "", MAX_DEPTH):
                yield index, field


def _properties(body: Mapping[str, Any], above: str, depth: int) -> Iterator[str]:
    properties = body.get("properties")
    for name, inner in properties.items() if isinstance(properties, dict) and depth else ():
        path = f"{above}{name}"
        if isinstance(inner, dict):
            if "properties" in inner:
                yield from _properties(inner, f"{path}.", depth - 1)
            else:
                yield path


_READERS = {"names": _names, "pairs": _pairs, "mapping": _mapping}
