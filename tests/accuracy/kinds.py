"""The published table by kind: servers, versions and states, recall, precision, error of sizes, and nmap beside it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accuracy.expected import WANTED
from accuracy.kept import Again, read_kept, said_of
from accuracy.measured import DIRECT, NO_STORE, NOTHING, SIZES, Measured, reason_of
from accuracy.not_had import not_had_parts, of_the_lab, read_not_had
from accuracy.proved import NO_LOGIN, proof_of, proved_sentence
from accuracy.tables import Score, percent, score_of_servers
from leakguard.checks.definitions import CheckDefinition

_HEADING = (
    "kind", "proved", "servers", "open", "open behind fronts", "protected and other states", "recall", "precision",
    "error of sizes", "nmap",
)  # fmt: skip


def kind_table(rows: Sequence[Measured]) -> str:
    """A row a kind."""
    kinds: dict[str, list[Measured]] = {}
    for row in rows:
        kinds.setdefault(row.datastore, []).append(row)
    lines = [f"| {' | '.join(_HEADING)} |", f"|{' --- |' * len(_HEADING)}"]
    lines += [_line(kind, kinds[kind]) for kind in sorted(kinds)]
    return "\n".join(lines)


def _line(kind: str, rows: Sequence[Measured]) -> str:
    direct = [row for row in rows if row.state == DIRECT]
    fronts = [row for row in rows if row.state != DIRECT]
    names = sorted({f"{row.server.partition('/')[0]} {row.version}".strip() for row in direct})
    score = score_of_servers(rows)
    told = (
        "-" if kind == NOTHING else proof_of(kind, rows).words, ", ".join(names),
        _right(direct, "open"), _right(fronts, "open"), _right(rows, "protected", "hidden", "unsettled"),
        percent(score.recall) if score.opened else "-", percent(score.precision) if score.alarms else "-",
        _size_words(direct), _nmap_words(direct),
    )  # fmt: skip
    return f"| {'(no datastore)' if kind == NOTHING else kind} | {' | '.join(told)} |"


def _right(rows: Sequence[Measured], *forms: str) -> str:
    of = [row.is_right for row in rows if row.form in forms]
    return f"{sum(of)} of {len(of)}" if of else "-"


def _size_words(rows: Sequence[Measured]) -> str:
    """By sort of size the largest error of all servers of which both numbers are known, and how many they are."""
    words = {"records": "records", "size_bytes": "bytes", "collections": "collections"}
    found = {name: [row.size_errors[name] for row in rows if name in row.size_errors] for name in SIZES}
    return ", ".join(f"{words[name]} {error(max(of))} on {len(of)}" for name, of in found.items() if of) or "-"


def error(part: float) -> str:
    """`0%` only where there is none: rounded up."""
    return f"{math.ceil(part * 1000) / 10:g}%"


def _nmap_words(rows: Sequence[Measured]) -> str:
    """Of the open ones: how often it said so, or named what it is."""
    said = Counter(row.nmap.partition(" ")[0] for row in rows if row.form == "open" and row.nmap)
    words = {"open": "open", "named": "named", "not": "not named", "did": "did not end"}
    return ", ".join(f"{words[word]} {said[word]}" for word in words if said[word]) or "-"


def state_table(rows: Sequence[Measured]) -> str:
    """A row a state of fronts, with what is right in it and why."""
    lines = ["| state | right of an open server | why | right | wrong |", "| --- | --- | --- | --- | --- |"]
    for state, (wanted, why) in WANTED.items():
        of = [row.is_right for row in rows if row.state == state]
        lines.append(f"| {state} | {wanted} | {why} | {sum(of)} | {len(of) - sum(of)} |")
    return "\n".join(lines)


def wrong_lines(rows: Sequence[Measured]) -> str:
    """Each wrong verdict by name, with its reason where it is known."""
    lines = []
    for row in sorted((row for row in rows if not row.is_right), key=lambda row: row.key):
        why = reason_of(row) or "no reason found yet"
        lines.append(f"- `{row.server}`, {row.state}: should be {row.form}, said {said_of(row)}; {why}")
    return "\n".join(lines)


def kinds_part(rows: Sequence[Measured], library: Iterable[CheckDefinition] = ()) -> str:
    """All of it, with what is missing."""
    fronts = score_of_servers([row for row in rows if row.state != DIRECT])
    kept = read_kept()
    without = unmeasured(rows, library)
    parts = [
        "### By kind",
        f"[accuracy.json](accuracy.json) has every verdict, so that anybody can recompute this table. {kept.nuclei}",
        *([again_sentence(kept.again)] if kept.again else []),
        proved_sentence(rows),
        *([unmeasured_sentence(without), *not_had_parts(without, read_not_had(), of_the_lab())] if without else []),
        kind_table(rows),
        "Kinds without a login of their own:\n\n" + "\n".join(f"- {kind}: {why}" for kind, why in NO_LOGIN.items()),
    ]
    if fronts.opened:
        parts += ["### By state", _fronts_sentence(fronts), _groups_sentence(rows), state_table(rows)]
    wrong = wrong_lines(rows)
    return "\n\n".join([*parts, *(["### Wrong verdicts", wrong] if wrong else [])])


def unmeasured(rows: Iterable[Measured], library: Iterable[CheckDefinition]) -> list[str]:
    """The kinds that a check knows and of which no real server was measured."""
    known = {row.datastore for row in rows} | {each.datastore for row in rows for each in row.found}
    return sorted({check.datastore for check in library} - known - NO_STORE)


def unmeasured_sentence(kinds: Sequence[str]) -> str:
    """Which these are."""
    return (
        f"No real server of these {len(kinds)} kinds was measured, so that their checks rest on replays alone: "
        f"{', '.join(kinds)}."
    )


def again_sentence(again: Mapping[str, Again]) -> str:
    """How many verdicts a second measurement gave again, and which it did not."""
    differing = sorted(name for each in again.values() for name in each.differing)
    both, fronts = sum(each.compared for each in again.values()), sum(each.fronts for each in again.values())
    alone = sorted(group for group, each in again.items() if not each.fronts)
    not_fronted = f" Reached directly alone: {'all of them' if not fronts else ', '.join(alone)}." if alone else ""
    told = (
        f"Measured a second time, with servers started again: {', '.join(sorted(again))}.{not_fronted} "
        f"Of {both} verdicts, {fronts} of them behind fronts, {len(differing)} were others"
    )
    return f"{told}." if not differing else f"{told}:\n\n" + "\n".join(f"- {each}" for each in differing)


def _fronts_sentence(score: Score) -> str:
    return (
        f"Behind the fronts of real networks, made for every HTTP server of the lab: {score.found} of {score.opened} "
        f"open ones found (recall {percent(score.recall)}), precision {percent(score.precision)}."
    )


def _groups_sentence(rows: Sequence[Measured]) -> str:
    """Which groups were measured behind fronts, and which were not."""
    all_of = {row.group for row in rows}
    fronted = {row.group for row in rows if row.state != DIRECT}
    rest = sorted(all_of - fronted)
    alone = f" Measured directly alone: {', '.join(rest)}." if rest else ""
    return f"Groups of the lab that were measured behind fronts: {', '.join(sorted(fronted))}.{alone}"


def recomputed(document: Mapping[str, Any]) -> Mapping[str, tuple[int, int]]:
    """By kind, from `accuracy.json` alone: how many should be found, and how many were."""
    found: dict[str, tuple[int, int]] = {}
    for row in document["servers"]:
        if row["form"] != "open":
            continue
        said = {each["outcome"] for each in row["found"] if each["datastore"] == row["datastore"]}
        opened, hits = found.get(row["datastore"], (0, 0))
        found[row["datastore"]] = (opened + 1, hits + bool(said & {"exposed", "partially_exposed"}))
    return found
