"""Takes the results of shards: nothing is believed that the shard could not have found; the rest is stored once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.conclusion import finding_id
from leakguard.engine.examination import EndpointStatus
from leakguard.errors import BadFile, NotTrusted
from leakguard.frozen import names_of
from leakguard.ledger.canonical import canonical
from leakguard.models.events import exactly
from leakguard.models.findings import Finding
from leakguard.models.fleet import ShardResult
from leakguard.models.kinds import DataSeen
from leakguard.models.records import Record
from leakguard.models.targets import endpoint_key, join_host_port
from leakguard.models.wire import finding_from_json, finding_to_json
from leakguard.ports import ScanStore
from leakguard.scanning.diff import worst_of
from leakguard.scanning.parts import part_of_plan
from leakguard.use_cases.fleets.fleet_tools import VantageRun, WorkerReport
from leakguard.use_cases.scans.shard_counts import SHARD_RECORDED

CUT_SHORT = {
    "time": "its time was over before all of it was probed",
    "quiet_hours": "quiet hours had begun by the clock of its worker",
    "network_lost": "nobody answered its worker any more, not even hosts that did",
}
"""Why a shard is not complete, by `ShardResult.cut_short_by`; of what could not be asked the worker says why."""
_LONGEST_WORD = 500
_STANDINGS = frozenset(standing.value for standing in EndpointStatus)


def believed(result: ShardResult, run: VantageRun, library: Sequence[CheckDefinition]) -> tuple[Finding, ...]:
    """The findings of a result; raises `NotTrusted` where it speaks of anything that its shard did not hold.

    A signature says who speaks and nothing more: a worker that was taken over can lie about its own part alone.
    Each finding comes once, as the worst that is said of it: what is judged by one word is never kept by another. An
    honest worker says a thing twice as well, where a server is a target and a path on it is another.
    """
    if (result.run, result.vantage, result.of) != (run.run, run.vantage, run.of) or result.number >= run.of:
        raise _doubt("it belongs to no shard of this scan")
    keys = {endpoint.key for endpoint in part_of_plan(run.plan, result.number, run.of).endpoints()}
    if not {*result.counts} <= _STANDINGS or sum(result.counts.values()) != len(keys):
        raise _doubt("its counts do not add up to the endpoints of its shard")
    if not ({*result.standings.values()} <= _STANDINGS and {*result.standings} <= keys):
        raise _doubt("it tells how an endpoint stands that its shard does not hold")
    places = {key.split("/")[0] for key in keys}
    versions = {definition.id: definition for definition in library}
    return _once(_finding(value, run, places, versions) for value in result.findings)


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    worst: dict[str, Finding] = {}
    for finding in findings:
        (worst[finding.id],) = worst_of((worst.get(finding.id, finding), finding)).values()
    return tuple(worst.values())


def keep(store: ScanStore, run: VantageRun, report: WorkerReport, *, witness: str = "", now: datetime) -> None:
    """Store a whole result, which makes its shard a finished one; a repeat changes nothing.

    `witness` is the worker that looked at the same shard before, where one did.
    """
    result = report.result
    content = {
        "shard": result.number,
        "of": result.of,
        "attempt": result.attempt,
        "counts": dict(result.counts),
        "worker": result.worker,
        "signer": report.signer,
        **({"witness": witness} if witness else {}),
        "started_at": result.started_at,
        "ended_at": result.ended_at,
    }
    record = Record(kind=SHARD_RECORDED, occurred_at=exactly(now), content=content)
    store.save_findings(run.run, report.findings, result.standings, also=(record,))
    run.counts[result.number] = dict(result.counts)


def cut_short_words(result: ShardResult) -> str:
    """Why a shard is not complete, as a person is told; without numbers, so that shards of one reason are one line."""
    cut = CUT_SHORT.get(result.cut_short_by)
    why = ", and ".join(result.unasked) or "its worker does not say why"
    unasked = f"some of it could not be asked: {why}" if result.unasked or cut is None else None
    return "; ".join(filter(None, (cut, unasked)))


def _finding(
    value: Mapping[str, object], run: VantageRun, places: set[str], library: Mapping[str, CheckDefinition]
) -> Finding:
    try:
        finding = finding_from_json(value)
        is_whole = canonical(finding_to_json(finding)) == canonical(value)
    except (BadFile, TypeError, AttributeError) as error:
        raise _doubt("one of its findings cannot be read") from error
    definition = library.get(str(finding.check_id))
    if not is_whole or definition is None or not _are_names(finding.verdict.data) or not _is_of(finding, definition):
        raise _doubt("one of its findings is not as our checks write them")
    is_ours = (finding.run, finding.vantage) == (run.run, run.vantage)
    target = finding.target.partition("/")[0]
    is_here = endpoint_key(finding.address, finding.port, finding.host) in places
    is_named = target == join_host_port(finding.address, finding.port)
    expected = finding_id(run.run, finding.check_id, finding.place, finding.address)
    if not (is_ours and is_here and is_named and finding.id == expected):
        raise _doubt("one of its findings is about something that its shard does not hold")
    return finding


def _is_of(finding: Finding, definition: CheckDefinition) -> bool:
    """Whether what a check says in every finding is what it says here."""
    stated = (finding.check_version, finding.datastore, finding.remediation, finding.references, finding.lifecycle)
    return stated == (
        definition.version, definition.datastore, definition.remediation_on(finding.port), tuple(definition.references),
        definition.lifecycle,
    )  # fmt: skip


def _are_names(data: DataSeen | None) -> bool:
    """Whether kinds of data are told by names alone, as a worker may: none of ours reads a record or knows the past."""
    if data is None:
        return True
    words = [data.people.method] if data.people else []
    words += [word for category in data.categories for word in (category.category, category.where, category.by)]
    words += [getattr(each, name) for each in data.sensitive for name in names_of(type(each))]
    is_sampled = data.sampled or data.growth or any(category.count is not None for category in data.categories)
    return not is_sampled and all(len(word) <= _LONGEST_WORD for word in words)


def _doubt(why: str) -> NotTrusted:
    return NotTrusted(f"a result was not taken: {why}", next_step="Look at the worker that signed it.")
