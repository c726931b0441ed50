"""The published tables: what is covered, by which check, proved on which server; and how often a verdict was right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from accuracy.expected import OPEN
from accuracy.first_met import FirstMet, read_first_met
from accuracy.measured import DIRECT, Measured, Repeated, reason_of
from accuracy.proved import proved_sentence, proves
from leakguard.checks.definitions import CheckDefinition
from leakguard.files.yaml_text import read_yaml
from leakguard.models.findings import DecoyVerdict, Outcome, Verdict
from support.replays import CLASSES, Case, read_replay, replay

_HEADING = (
    "check", "replays: open", "protected", "other product", "broken", "decoy", "real: open", "real: protected",
)  # fmt: skip
EXPOSURES = Path(__file__).parents[1] / "rules" / "exposures.yaml"


UNTOLD: Mapping[str, str] = {
    "appwrite_open": "a collection that the scope names as meant for strangers is no exposure",
    "dicom_open": "a node agrees to everybody's queries also where it refuses each, and to send one would read records",
    "ftp_anonymous": "a trap that lets in and then says nothing looks like a server whose second port is filtered",
    "http_login_asked": "an open web page without a datastore behind it is no exposure",
    "meilisearch_key_rights": "an index that the scope names as meant for strangers is no exposure",
    "postgresql_open": "a trap that lets in and then says nothing looks like a server that fails there",
}
"""Check to the reason why one of its replays is not judged as its class says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of exposed datastore."""

    group: str
    name: str
    left_out: str = ""


def rows() -> tuple[Row, ...]:
    """All kinds that a scanner should know, in the order of the catalogue."""
    groups = read_yaml(EXPOSURES.read_text(encoding="utf-8"), name=EXPOSURES.name).value
    return tuple(
        Row(group=group, name=each["row"], left_out=each.get("left_out", ""))
        for group, listed in groups.items()
        for each in listed
    )


def covering(library: Iterable[CheckDefinition]) -> Mapping[str, tuple[CheckDefinition, ...]]:
    """Row to the checks that answer for it."""
    found: dict[str, list[CheckDefinition]] = {}
    for check in library:
        for name in check.covers:
            found.setdefault(name, []).append(check)
    return {name: tuple(checks) for name, checks in found.items()}


def proofs(checks: Sequence[CheckDefinition], servers: Iterable[Measured]) -> Iterator[Measured]:
    """The real servers on which one of the checks was right, or the generic one on a server of the same kind."""
    kinds = {check.datastore for check in checks}
    ids = {check.id for check in checks}
    for server in servers:
        has_own = any(each.check in ids for each in server.found)
        if proves(server, ids) and (has_own or server.datastore in kinds):
            yield server


def coverage_table(library: Sequence[CheckDefinition], servers: Sequence[Measured]) -> str:
    """One row a kind of datastore, with its checks, their state and the real servers that proved them."""
    covered = covering(library)
    lines = ["| datastore | checks | state | proved on real servers |", "| --- | --- | --- | --- |"]
    group = ""
    for row in rows():
        if row.group != group:
            group = row.group
            lines.append(f"| **{group}** | | | |")
        checks = covered.get(row.name, ())
        names = ", ".join(f"`{check.id}`" for check in checks)
        states = ", ".join(sorted({check.lifecycle for check in checks}, reverse=True))
        on = _versions(list(proofs(checks, servers)))
        lines.append(f"| {row.name} | {names or f'left out: {row.left_out}'} | {states or '-'} | {on or '-'} |")
    return "\n".join(lines)


def coverage_sentence(library: Sequence[CheckDefinition], servers: Sequence[Measured]) -> str:
    """The table in one line."""
    covered = covering(library)
    known = [row for row in rows() if row.name in covered]
    return f"{len(known)} of {len(rows())} kinds. {proved_sentence(servers)}"


def _versions(servers: Sequence[Measured]) -> str:
    """`redis 7.0.15 (open, protected)`, the bucket's or the form's part of a name left out."""
    found: dict[str, list[str]] = {}
    for server in servers:
        name = server.server.partition("/")[0].removesuffix("-open").removesuffix("-protected")
        forms = found.setdefault(f"{name} {server.version}".strip(), [])
        forms += [server.form] if server.form not in forms else []
    return "; ".join(f"{name} ({', '.join(sorted(forms))})" for name, forms in found.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often a verdict was right."""

    opened: int = 0
    found: int = 0
    alarms: int = 0
    """Reported open, rightly or wrongly."""

    @property
    def recall(self) -> float:
        """The part of the open ones that was found."""
        return self.found / self.opened if self.opened else 1.0

    @property
    def precision(self) -> float:
        """The part of what was reported open that is."""
        return self.found / self.alarms if self.alarms else 1.0


def percent(part: float) -> str:
    """`98.7%`, rounded down, so that no rate is published as better than it is."""
    return f"{math.floor(round(part * 1000, 6)) / 10:g}%"


def score_of_servers(servers: Sequence[Measured]) -> Score:
    """Over all real servers."""
    hits = sum(server.is_hit for server in servers)
    return Score(
        opened=sum(server.form == "open" for server in servers),
        found=hits,
        alarms=hits + sum(server.is_false_alarm for server in servers),
    )


def _is_open(verdict: Verdict) -> bool:
    return verdict.outcome in {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}


def score_of_replays(check: CheckDefinition, cases: Sequence[Case]) -> Mapping[str, tuple[int, int]]:
    """By class of case: how many there are, and how many were judged rightly.

    A broken server is judged rightly when nothing more is said than its answers bear, which each case states itself;
    a decoy when it is suspected, or not reported open at all.
    """
    found: dict[str, tuple[int, int]] = {}
    for case in cases:
        total, good = found.get(case.shows, (0, 0))
        found[case.shows] = (total + 1, good + _is_right(case, replay(check, case)))
    return found


def _is_right(case: Case, verdict: Verdict) -> bool:
    if case.shows == "decoy":
        return verdict.decoy.verdict is DecoyVerdict.SUSPECTED or not _is_open(verdict)
    if case.shows == "broken":
        return verdict.outcome is case.expect.outcome
    return _is_open(verdict) is (case.shows == "open")


def accuracy_table(library: Sequence[CheckDefinition], servers: Sequence[Measured]) -> str:
    """Every check: judged rightly of all replays by class, and of all real servers by form."""
    lines = [f"| {' | '.join(_HEADING)} |", f"|{' --- |' * len(_HEADING)}"]
    for check in sorted(library, key=lambda each: each.id):
        by_class = score_of_replays(check, read_replay(check.id).cases)
        cells = [_of(by_class.get(name, (0, 0))) for name in CLASSES]
        cells += [_of(_real(check, servers, form)) for form in ("open", "protected")]
        lines.append(f"| `{check.id}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def accuracy_sentence(day: str, servers: Sequence[Measured], repeated: Repeated) -> str:
    """Recall and precision on the real servers, and every wrong verdict with its reason."""
    servers = [server for server in servers if server.state == DIRECT]
    score = score_of_servers(servers)
    rates = f"recall {percent(score.recall)}, precision {percent(score.precision)}"
    wrong = (server for server in servers if not server.is_right)
    named = [f"- `{server.server}`: {reason_of(server) or 'not explained'}" for server in wrong]
    untold = [f"- `{check}`, in a replay: {reason}" for check, reason in UNTOLD.items()]
    again = "the same verdicts" if repeated.is_same else "not always the same verdicts"
    core = f"the {repeated.endpoints} servers of the core set"
    times = f"{repeated.runs} runs over {core}: {again}, {repeated.seconds} s a run."
    built = f"On the {len(servers)} real servers and buckets that the checks were built on ({day}): {rates}."
    return "\n\n".join([built, first_met_sentence(read_first_met()), times, "\n".join([*named, *untold])])


def first_met_sentence(met: FirstMet) -> str:
    """What was found of servers that no check had been prepared for: the figure to expect on a network of your own."""
    rates = "; ".join(
        f"{group.name}: {group.found} of {group.opened} open ones found ({percent(group.found / group.opened)})"
        for group in met.groups
    )
    alarms = "no false alarm" if not met.false_alarms else f"{met.false_alarms} false alarms"
    return (
        f"On {met.kinds} kinds of real servers that no check had been prepared for, when they were scanned for the "
        f"first time ({met.measured_on}): {rates}; {alarms}. Expect these figures on a network of your own."
    )


def _of(pair: tuple[int, int]) -> str:
    total, good = pair
    return f"{good} of {total}" if total else "-"


def _real(check: CheckDefinition, servers: Sequence[Measured], form: str) -> tuple[int, int]:
    """Servers of a form that the check had something to say about, and those where it was right."""
    said = [
        (each.outcome in OPEN) is (form == "open")
        for server in servers
        if server.form == form and server.state == DIRECT
        for each in server.found
        if each.check == check.id
    ]
    return len(said), sum(said)
