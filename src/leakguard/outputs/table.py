"""Findings as a table that a person reads at 03:00, the worst first."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from types import MappingProxyType

from rich.text import Text

from leakguard.models.findings import Answer, DecoyVerdict, Finding, Outcome, Severity
from leakguard.outputs.data_words import data_lines
from leakguard.outputs.shipped_words import shipped_lines
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import byte_words, count_words, printable
from leakguard.scanning.run_findings import FindingSource, found_of
from leakguard.scanning.stores import AccessPath, Store, folded

_STYLES = {
    Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan",
    Severity.NONE: "green",
}  # fmt: skip
_ORDER = {severity: position for position, severity in enumerate(_STYLES)}
MOST_ROWS = 200
"""More than anybody reads; a script reads the JSON."""
MOST_WAYS = 20
LONGEST_WHY = 400
"""Letters: the reason, and what is known of the data."""


def findings_table(
    findings: Iterable[Finding], *, most: int = MOST_ROWS, repeat: Callable[[str], str] = str, title: str = "",
    closed: Mapping[str, str] = MappingProxyType({}),
) -> Table:  # fmt: skip
    """A row a finding: how bad, what, where, how big, why; ids to go on with.

    The ways into one store follow each other, each with its own id, and the size is told once.
    A name that stands there more than once is told with the address that each finding is about.
    The `most` worst ones are shown, and how many there are besides.
    Where the columns have no room, the reason stands below its row first, then product, bytes, records and verdict.
    `repeat` says how a line that holds a command is printed there. `closed` says, by finding, what is remarked on those
    that were proved closed since.
    """
    found = found_of(findings)
    stores, left = _worst(found, most)
    whole = {finding.id: finding for finding in found.some([store.worst.id for store in stores])}
    names = Counter(place for place, _ in {(way.place, way.target) for store in stores for way in store.ways})
    rows = []
    for store in stores:
        (first, place), *others = _ways(store, names)
        cells = {
            **_cells(store, whole[store.worst.id], _closed_words(store, closed)),
            "FINDING": Text(first),
            "TARGET": Text(place),
        }
        rows.append(tuple(cells[column.heading] for column in _COLUMNS))
        for identifier, place in others:
            more = {"FINDING": identifier, "TARGET": place}
            rows.append(tuple(Text(more.get(column.heading, "")) for column in _COLUMNS))
    caption = _words_of_more(left, stores[0].worst.run, repeat) if left else ""
    return Table(columns=_COLUMNS, rows=tuple(rows), title=title, caption=caption)


def _worst(found: FindingSource, most: int) -> tuple[list[Store], int]:
    """The worst stores, the worst first, and how many there are besides; no more than these are held at once."""
    counted = count()
    stores = heapq.nsmallest(most, (store for store, _ in zip(folded(found.glances()), counted)), key=_worst_first)  # noqa: B905  (the counter never ends)
    return stores, next(counted) - len(stores)


def _words_of_more(left: int, run: str, repeat: Callable[[str], str]) -> str:
    noun = "row is" if left == 1 else "rows are"
    how = repeat(f"All of them: leakguard scan show {printable(run)} --format jsonl")
    return f"{left:,} more {noun} not shown, none of them worse. {how}"


_COLUMNS = (
    Column(heading="VERDICT", gives_way=1), Column(heading="TARGET", is_whole=True),
    Column(heading="PRODUCT", gives_way=4), Column(heading="RECORDS", is_number=True, gives_way=2),
    Column(heading="BYTES", is_number=True, gives_way=3), Column(heading="FINDING", is_whole=True),
    Column(heading="WHY", gives_way=5),
)  # fmt: skip
"""A finding and its target are what a person goes on with: neither is cut, wrapped or moved."""


def _closed_words(store: Store, closed: Mapping[str, str]) -> str:
    """What is remarked on a store of which ways in were proved closed since; empty where none was."""
    ways = [closed[way.id] for way in store.ways if way.id in closed]
    if not ways:
        return ""
    return f"{ways[0]}; " if len(ways) == len(store.ways) else f"{len(ways)} of {len(store.ways)} ways in {ways[0]}; "


def _cells(store: Store, finding: Finding, closed: str) -> Mapping[str, Text]:
    worst = store.worst
    mark = "" if worst.is_exact else "~"
    product = " ".join(filter(None, (finding.verdict.product or _datastore(finding), finding.verdict.version)))
    return {
        "VERDICT": Text(_word(finding), style=_STYLES[finding.verdict.severity]),
        "PRODUCT": Text(printable(product, longest=40)),
        "RECORDS": Text(mark + count_words(worst.records) if worst.records is not None else "-"),
        "BYTES": Text(mark + byte_words(worst.bytes) if worst.bytes is not None else "-"),
        "WHY": Text(printable(closed + _reason(finding, ways=len(store.ways)), longest=LONGEST_WHY)),
    }


def _datastore(finding: Finding) -> str:
    """What kind of store it is; nothing of a host that said no word, where the check only stands for all of them."""
    is_known = finding.verdict.outcome is not Outcome.INCONCLUSIVE
    has_answered = any(request.status is not None or request.bytes for request in finding.proof.requests)
    return finding.datastore if is_known or has_answered else "-"


def _ways(store: Store, names: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Id and place of each way in; one store may have thousands of them, and the first few tell enough of it."""
    ways = store.ways if len(store.ways) <= MOST_WAYS else store.ways[: MOST_WAYS - 1]
    rows = [(printable(way.id), printable(_place(way, names), longest=60)) for way in ways]
    more = f"+ {len(store.ways) - len(ways):,} more"
    return rows if len(ways) == len(store.ways) else [*rows, (more, more)]


def _place(way: AccessPath, names: Mapping[str, int]) -> str:
    """Several addresses of one name are told apart by what each of them is."""
    return way.place if names[way.place] == 1 else f"{way.target} ({way.place.rpartition(':')[0]})"


def _word(finding: Finding) -> str:
    verdict = finding.verdict
    if verdict.decoy.verdict is DecoyVerdict.DECLARED:
        return "decoy (ours)"
    if verdict.outcome in {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}:
        partly = "" if verdict.outcome is Outcome.EXPOSED else ", names only"
        return f"{verdict.severity.value.upper()}{partly}"
    return {Outcome.NOT_EXPOSED: "protected", Outcome.INCONCLUSIVE: "unclear"}.get(verdict.outcome, "not applicable")


def _reason(finding: Finding, *, ways: int) -> str:
    verdict = finding.verdict
    parts = [verdict.reason.rstrip(".")]
    if ways > 1:
        parts.append(f"one store, {ways} ways in")
    if verdict.decoy.verdict is DecoyVerdict.SUSPECTED:
        parts.append(f"looks like a decoy: {', '.join(verdict.decoy.signals)}")
    if verdict.ransomed.verdict != "no":
        parts.append("signs of a ransom note")
    allowed = [permission for permission in verdict.permissions if permission.answer is Answer.ALLOWED]
    for who in dict.fromkeys(each.who for each in allowed):
        rights = ", ".join(each.right.value for each in allowed if each.who is who)
        parts.append(f"{who.value} may {rights}".replace("_", " "))
    parts += data_lines(verdict.data)
    parts += shipped_lines(verdict.shipped)
    if finding.lifecycle != "stable":
        parts.append("experimental check")
    return "; ".join(parts)


def _worst_first(store: Store) -> tuple[int, int, str]:
    worst = store.worst
    return _ORDER[worst.severity], -(worst.records or 0), worst.place
