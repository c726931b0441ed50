"""Records: the values in them, handed to the tally one by one, and the bytes that they came in, overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from leakguard.sensitivity.masks import shown_name
from leakguard.sensitivity.tally import Tally

MOST_VALUES = 200
"""Values of one record that are looked at."""
MAX_DEPTH = 12


def take_records(tally: Tally, word: str, collection: str, records: Iterable[Any]) -> int:
    """Count the kinds in some records of a collection; how many records there were."""
    where, count = f"{word} {shown_name(collection)}", 0
    for record in records:
        count += 1
        for number, (field, value) in enumerate(_values(record, "", MAX_DEPTH)):
            if number >= MOST_VALUES:
                break
            tally.take(where, field, value)
    return count


def _values(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (a record holds anything)
    if depth == 0 or value is None or isinstance(value, bool):
        return
    if isinstance(value, dict):
        if value.keys() == {"$type"}:
            return  # what BSON has and JSON has not, such as the store's own ids: see `formats.bson`
        for name, inner in value.items():
            yield from _values(inner, f"{path}.{name}" if path else str(name), depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, path, depth - 1)
    else:
        yield path or "(value)", str(value)


def read_json(body: bytearray) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The JSON in a body, which is overwritten with zeros; `None` for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
    finally:
        body[:] = bytes(len(body))
