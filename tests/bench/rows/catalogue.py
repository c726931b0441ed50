"""The rows by name, in the order in which they are measured and printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bench.house import House
from bench.measured import Row, Told
from bench.rows import (
    api,
    capacity,
    console,
    elastic,
    events,
    growth,
    hostile,
    law,
    letter_size,
    letters,
    mix,
    pages,
    silent,
    start,
    sweep,
    tarpit,
    watched,
)

ROWS: Mapping[str, Callable[[House], Iterator[Told] | Iterator[Row]]] = {
    "sweep": sweep.rows,
    "silent": silent.rows,
    "elastic": elastic.rows,
    "hostile": hostile.rows,
    "tarpit": tarpit.rows,
    "start": start.rows,
    "growth": growth.rows,
    "watched": watched.rows,
    "mix": mix.rows,
    "letters": letters.rows,
    "letter_size": letter_size.rows,
    "events": events.rows,
    "law": law.rows,
    "api": api.rows,
    "console": console.rows,
    "pages": pages.rows,
    "capacity": capacity.rows,
}
