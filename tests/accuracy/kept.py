"""What was measured, kept in `accuracy.json`: group by group, so that a measurement that was stopped goes on."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accuracy.measured import DIRECT, SIZES, Found, Measured, Repeated
from accuracy.peers import nuclei_words
from lab.catalogue import ALL_NAMES
from leakguard.frozen import replace

FILE = Path(__file__).parents[2] / "docs" / "reference" / "accuracy.json"
"""Published, so that anybody can recompute the tables."""


MANY = 3
"""More findings without a clear answer than these are told by their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A second measurement of one group."""

    compared: int
    """Verdicts that both measurements have."""
    differing: tuple[str, ...]
    """`server, state: first …, then …` of each verdict that was another."""
    fronts: int = 0
    """How many of those that were compared are behind fronts."""
    measured_on: str = ""


def compared(first: Iterable[Measured], second: Iterable[Measured], *, day: str = "") -> Again:
    """What a second measurement said of those that the first one has as well."""
    before = {row.key: row for row in first}
    both = [(before[row.key], row) for row in second if row.key in before]
    return Again(
        compared=len(both),
        differing=tuple(sorted(_other_words(old, new) for old, new in both if _conclusion(old) != _conclusion(new))),
        fronts=sum(new.state != DIRECT for _, new in both),
        measured_on=day,
    )


def _conclusion(row: Measured) -> frozenset[tuple[str, str]]:
    """What a reader learns: where many checks got no clear answer, how many they were depends on time alone."""
    return frozenset({("", "inconclusive")}) if _is_unclear(row) else row.verdicts


def _is_unclear(row: Measured) -> bool:
    return len(row.found) > MANY and all(each.outcome == "inconclusive" for each in row.found)


def _other_words(old: Measured, new: Measured) -> str:
    return f"`{old.server}`, {old.state}: first {said_of(old)}, then {said_of(new)}"


def said_of(row: Measured) -> str:
    """Each finding by its check and outcome; many that are not clear by their number."""
    if _is_unclear(row):
        return f"{len(row.found)} checks inconclusive"
    return ", ".join(f"`{each.check}` {each.outcome.replace('_', ' ')}" for each in row.found) or "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All of it."""

    rows: tuple[Measured, ...]
    repeated: Repeated
    days: Mapping[str, str]
    """Group to the day on which it was measured."""
    again: Mapping[str, Again]
    nuclei: str = ""

    @property
    def day(self) -> str:
        """The day of the measurement, or its first and its last."""
        days = sorted(set(self.days.values()))
        return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def read_kept() -> Kept:
    """All of it."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    rows = tuple(Measured(**{**row, "found": tuple(Found(**each) for each in row["found"])}) for row in kept["servers"])
    again = {
        group: Again(**{**told, "differing": tuple(told["differing"])}) for group, told in kept["again"].items()
    }  # fmt: skip
    return Kept(
        rows=rows, repeated=Repeated(**kept["repeated"]), days=kept["measured_on"], again=again, nuclei=kept["nuclei"]
    )


def read() -> tuple[str, tuple[Measured, ...], Repeated]:
    """The day, what was measured then, and how often the core set was scanned."""
    kept = read_kept()
    return kept.day, kept.rows, kept.repeated


@contextmanager
def _alone() -> Iterator[None]:
    """Two measurements of different groups may run side by side."""
    with FILE.open("r", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def keep_group(
    group: str, rows: Iterable[Measured], *, day: str, repeated: Repeated | None, is_whole: bool = True
) -> None:  # fmt: skip
    """Put the rows of one group, or of some of its servers, in the place of those that are kept.

    What a second measurement said of the old rows is not known of the new ones. A group of which a part was measured
    keeps the day of its first servers.
    """
    with _alone():
        old = read_kept()
        day = day if is_whole else old.days.get(group, day)
        again = {name: told for name, told in old.again.items() if name != group}
        _write(
            replace(
                old,
                rows=tuple(merged(old.rows, rows)),
                days={**old.days, group: day},
                again=again,
                repeated=repeated or old.repeated,
                nuclei=nuclei_words(),
            )
        )


def keep_again(group: str, rows: Iterable[Measured], *, day: str) -> Again:
    """Keep what a second measurement of a group said beside the first one; the first one stays."""
    with _alone():
        old = read_kept()
        again = compared(old.rows, rows, day=day)
        _write(replace(old, again={**old.again, group: again}))
    return again


def merged(old: Iterable[Measured], new: Iterable[Measured]) -> list[Measured]:
    """What was measured now, and what was measured before of the other servers that the lab has."""
    now = list(new)
    servers = {row.server.partition("/")[0] for row in now}
    kept = [row for row in old if (name := row.server.partition("/")[0]) not in servers and name in ALL_NAMES]
    return [*now, *kept]


def _write(kept: Kept) -> None:
    """One row a line; what is as usual is left out."""
    stated = {
        "schema": "leakguard.accuracy/2",
        "measured_on": dict(sorted(kept.days.items())),
        "nuclei": kept.nuclei,
        "repeated": asdict(kept.repeated),
        "again": {group: asdict(kept.again[group]) for group in sorted(kept.again)},
    }
    head = json.dumps(stated, indent=1).removesuffix("\n}")
    lines = ",\n".join(f"  {json.dumps(_plain(row))}" for row in sorted(kept.rows, key=lambda row: row.key))
    FILE.write_text(f'{head},\n "servers": [\n{lines}\n ]\n}}\n', encoding="utf-8")


_USUAL = {
    "state": DIRECT, "why": "", **dict.fromkeys(SIZES), "nmap": "", "group": "", "is_fronted": False, "exact": True,
    "reason_code": "",
}  # fmt: skip


def _plain(row: Measured) -> dict[str, Any]:
    return {**_unusual(asdict(row)), "found": [_unusual(asdict(each)) for each in row.found]}


def _unusual(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _USUAL or value != _USUAL[name]}
