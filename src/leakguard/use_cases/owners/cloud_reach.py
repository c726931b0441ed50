"""Reach: what the settings of an account open, looked at from outside, as far as the scope allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leakguard.engine.examination import EndpointStatus
from leakguard.errors import UsageProblem
from leakguard.fleet.vantages import place_of_key
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Finding, Reach, ReachVerdict, Severity, Verdict
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.targets import join_host_port
from leakguard.ports import Resolve, ScanStore
from leakguard.scanning.gate import Gate
from leakguard.scanning.target_refusals import target_refusal
from leakguard.scanning.targets import Target, parse_target
from leakguard.use_cases.owners.cloud_findings import JudgedResource
from leakguard.use_cases.scans.scan_assets import ScanSummary

MOST_SHOWN = 3
_SEVERITIES = tuple(Severity)
_WORDS = {
    ReachVerdict.OPEN: "proved open without a login from {vantage}",
    ReachVerdict.REACHED: "proved reachable from {vantage}",
    ReachVerdict.NOT_REACHED: "not reachable from {vantage}",
    ReachVerdict.NOT_CLEAR: "no clear answer from {vantage}",
    ReachVerdict.OUT_OF_SCOPE: "outside the scope, so not probed",
    ReachVerdict.NO_ADDRESS: "without an address",
    ReachVerdict.NOT_PROBED: "not probed",
}
_BY_STANDING = (
    (EndpointStatus.EXPOSED, ReachVerdict.OPEN),
    (EndpointStatus.PROTECTED, ReachVerdict.REACHED),
    (EndpointStatus.OTHER, ReachVerdict.REACHED),
    (EndpointStatus.NOT_CHECKED, ReachVerdict.NOT_CLEAR),
    (EndpointStatus.SILENT, ReachVerdict.NOT_CLEAR),
    (EndpointStatus.CLOSED, ReachVerdict.NOT_REACHED),
)
"""The most telling first: one open port of an address is enough."""


class ReachPlan(Frozen):
    """Which endpoints are to be probed, and why the others are not."""

    targets: tuple[Target, ...]
    left: Mapping[str, ReachVerdict]
    """By the text of a target."""


def plan_knocks(endpoints: Iterable[str], gate: Gate, resolve: Resolve) -> ReachPlan:
    """Sort endpoints by what the scope says of them; an account in the scope opens none of its addresses."""
    targets, left = [], {}
    for text in dict.fromkeys(endpoints):
        try:
            target = parse_target(text)
        except UsageProblem:
            left[text] = ReachVerdict.NOT_PROBED
            continue
        name = target.provider_host or target.host
        is_wanted = name is not None and (target.provider_host is not None or gate.allows_name(name))
        addresses = resolve(name) if name is not None and is_wanted else ()
        if target_refusal(target, gate, {name: addresses} if name else {}) is not None:
            left[text] = ReachVerdict.OUT_OF_SCOPE
        elif is_wanted and not addresses:
            left[text] = ReachVerdict.NO_ADDRESS
        else:
            targets.append(target)
    return ReachPlan(targets=tuple(targets), left=left)


def joined(
    looked: JudgedResource, knocks: ReachPlan, met: Mapping[str, ReachVerdict], *, vantage: str, run: str | None
) -> Finding:
    """The finding, with what was met at its endpoints; `run` is the one that probed, and `met` what it met."""
    reach = tuple(
        Reach(
            target=text, vantage=vantage, run=run if text in met else None,
            verdict=met.get(text) or knocks.left.get(text, ReachVerdict.NOT_PROBED),
        )
        for text in looked.endpoints
    )  # fmt: skip
    return replace(looked.finding, reach=reach, verdict=_with_reach(looked.finding.verdict, reach))


def met_by(summary: ScanSummary, store: ScanStore, targets: Sequence[Target]) -> dict[str, ReachVerdict]:
    """What a run met at each target; of a run that was stopped only what it came to."""
    standings = [(place_of_key(key), standing) for key, standing in store.done_targets(summary.run)]
    opened = [finding for finding in summary.findings if finding.verdict.outcome in OPEN_OUTCOMES]
    found = {}
    for target in targets:
        seen = {standing for place, standing in standings if _is_at(target, place)}
        if any(_is_at(target, finding.place) for finding in opened):
            seen.add(EndpointStatus.EXPOSED)
        verdict = next((verdict for standing, verdict in _BY_STANDING if standing in seen), None)
        if verdict is None and not summary.is_interrupted:
            verdict = ReachVerdict.NOT_CLEAR  # a finished run leaves out only what is closed or silent
        if verdict is not None:
            found[target.text] = verdict
    return found


def _is_at(target: Target, place: str) -> bool:
    """Whether a place, `host:port` or `host:port/bucket`, is one of the target's."""
    endpoint, _, bucket = place.partition("/")
    host = target.provider_host or target.host or str(target.first)
    if target.bucket is not None and bucket not in {"", target.bucket}:
        return False
    if target.ports:
        return endpoint in {join_host_port(host, port) for port in target.ports}
    return endpoint.startswith(join_host_port(host, 0)[:-1])


def _with_reach(verdict: Verdict, reach: Sequence[Reach]) -> Verdict:
    """A sentence about it; what was proved open without a login is at least of high severity."""
    kinds = [kind for kind in ReachVerdict if any(each.verdict is kind for each in reach)]
    is_open = ReachVerdict.OPEN in kinds
    worst = max(verdict.severity, Severity.HIGH, key=_SEVERITIES.index) if is_open else verdict.severity
    reason = "; ".join((verdict.reason, *(_words(kind, reach) for kind in kinds)))
    return replace(verdict, reason=reason, severity=worst)


def _words(kind: ReachVerdict, reach: Sequence[Reach]) -> str:
    targets = [each.target for each in reach if each.verdict is kind]
    more = f" and {len(targets) - MOST_SHOWN} more" if targets[MOST_SHOWN:] else ""
    return f"{_WORDS[kind].format(vantage=reach[0].vantage)}: {', '.join(targets[:MOST_SHOWN])}{more}"
