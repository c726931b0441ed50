"""Examines one endpoint: finds out what speaks there, asks what the checks need, and makes findings of the verdicts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import judge
from leakguard.checks.proof import proof_of
from leakguard.checks.verbs import READING
from leakguard.models.findings import (
    Access,
    Decoy,
    DecoyVerdict,
    ExposedSince,
    Finding,
    Outcome,
    Severity,
    Verdict,
    place_of,
)
from leakguard.models.targets import Approach, Endpoint
from leakguard.ports import Now, Prober, Session
from leakguard.scanning.diff import OPEN
from leakguard.scanning.gate import Gate
from leakguard.use_cases.asking import observe
from leakguard.use_cases.catch_all import doubted, found_open, nothing
from leakguard.use_cases.examination import (
    Examination,
    Judged,
    TargetStanding,
    applies,
    failed,
    spoke_http,
    standing_of,
)
from leakguard.use_cases.meeting import HTTP, OVER_HTTP, SCHEME_KINDS, Heard, Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Examines endpoints of one run."""

    prober: Prober
    library: Sequence[CheckDefinition]
    gate: Gate
    run: str
    vantage: str
    now: Now
    nonsense: str
    """A path that no server has, different in every run."""
    first_seen: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """When each check first found each target open, in earlier runs."""
    most_records: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How much each check saw at most on each target, in earlier runs."""
    noted: Callable[[Endpoint, Sequence[Judged]], None] = lambda _endpoint, _judged: None
    """Told every verdict as it is given, for whoever explains a run."""

    async def examine(self, endpoint: Endpoint) -> Examination:
        """Find out what speaks there and judge it; never raises for what a host does."""
        leading, others = self._kinds(endpoint)
        meeting = Meeting(speak=partial(self._speak, endpoint), leading=leading, others=others)
        return self._conclude(endpoint, await meeting.run())

    def _kinds(self, endpoint: Endpoint) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The kinds to ask one after the other, what the URL or the port suggests first; and the rest."""
        by_port = [item.probe.kind for item in self.library if endpoint.port in item.probe.ports and not item.fallback]
        hinted = SCHEME_KINDS.get(endpoint.scheme or "")
        leading = [kind for kind in dict.fromkeys(by_port) if READING[kind].over is None and kind != hinted]
        able = {item.probe.kind for item in self.library if READING[item.probe.kind].over is None} - {HTTP}
        rest = sorted(able - {hinted, *leading}, key=lambda kind: (not READING[kind].is_common, kind))
        return (*([hinted] if hinted else []), *leading), tuple(rest)

    async def _speak(self, endpoint: Endpoint, kind: str, approach: Approach) -> Heard:
        """Ask all checks of one kind; over HTTP those of its guests as well, where no product was recognised."""
        session = self.prober.open(endpoint, kind, approach)
        try:
            is_guessed = kind == HTTP and approach is Approach.GUESSED
            if is_guessed and await session.greeting():
                return Heard(kind=kind, hints=session.hints, is_greeting=True)
            judged = await self._ask_checks(endpoint, session, kind)
            if kind == HTTP and found_open(judged):
                judged = doubted(judged, await session.ask(nothing(self.nonsense)))
            hints, is_tls = session.hints, session.tls is not None
        finally:
            await session.close()
        special = [item for item in judged if not item.definition.fallback]
        is_web = kind == HTTP and not {*hints} - {HTTP} and (not judged or spoke_http(judged))
        if is_web and not applies(special):
            judged += await self._ask_over_http(endpoint)
        return Heard(kind=kind, judged=tuple(judged), hints=hints, is_tls=is_tls)

    async def _ask_checks(self, endpoint: Endpoint, session: Session, kind: str) -> list[Judged]:
        """All checks of one kind; a host that does not answer the first of all questions is not asked another."""
        found: list[Judged] = []
        for definition in self._checks(endpoint, kind):
            if definition.fallback and any(item.applies for item in found):
                continue
            for bucket in _buckets(endpoint, kind):
                before = self.most_records.get(_key(endpoint, definition, bucket))
                judged = await self._ask_check(session, definition, bucket, before)
                self.noted(endpoint, judged)
                found += judged
            if found and failed(found[0]):
                break
        return found

    async def _ask_kind(self, endpoint: Endpoint, kind: str) -> list[Judged]:
        session = self.prober.open(endpoint, kind)
        try:
            return await self._ask_checks(endpoint, session, kind)
        finally:
            await session.close()

    async def _ask_over_http(self, endpoint: Endpoint) -> list[Judged]:
        found: list[Judged] = []
        for kind in OVER_HTTP:
            found += await self._ask_kind(endpoint, kind)
            if any(item.applies for item in found):
                break
        return found

    async def _ask_check(
        self, session: Session, definition: CheckDefinition, bucket: str | None, before: int | None
    ) -> list[Judged]:
        """One verdict, or none where the check had nothing to ask: it needs a bucket and we have none."""
        observation = await observe(session, definition, nonsense=self.nonsense, bucket=bucket)
        if not observation.replies:
            return []
        verdict = judge(definition, observation, before=before)
        return [Judged(definition=definition, observation=observation, verdict=verdict, bucket=bucket)]

    def _checks(self, endpoint: Endpoint, kind: str) -> list[CheckDefinition]:
        """Checks of one kind: what knows the port, then what asks for the root; last what judges the unknown.

        A server may hang up on the root and answer a path of its own, and a host that hung up is asked no more.
        """
        of_kind = [item for item in self.library if item.probe.kind == kind]
        port = endpoint.port
        return sorted(
            of_kind, key=lambda item: (item.fallback, port not in item.probe.ports, item.probe.requests[0].get != "/")
        )

    def _conclude(self, endpoint: Endpoint, judged: list[Judged]) -> Examination:
        known = [item for item in judged if item.applies and not failed(item)]
        special = [item for item in known if not item.definition.fallback]
        kept = special or known
        standing = standing_of(judged, kept)
        if standing is TargetStanding.EXPOSED and self.gate.is_decoy(endpoint.address, endpoint.host):
            standing = TargetStanding.OTHER
        if not kept and endpoint.named and standing in {TargetStanding.SILENT, TargetStanding.NOT_CHECKED}:
            kept = judged[:1]
        findings = tuple(self._finding(endpoint, item) for item in kept)
        return Examination(endpoint=endpoint, standing=standing, findings=findings)

    def _finding(self, endpoint: Endpoint, item: Judged) -> Finding:
        target = f"{endpoint.target}/{item.bucket}" if item.bucket else endpoint.target
        key = _key(endpoint, item.definition, item.bucket)
        observed_at = self.now()
        return Finding(
            id=finding_id(self.run, *key, endpoint.address), run=self.run, check_id=item.definition.id,
            check_version=item.definition.version, target=target, address=endpoint.address, host=endpoint.host,
            port=endpoint.port, transport=item.observation.transport, tls=item.observation.tls, vantage=self.vantage,
            datastore=item.definition.datastore, verdict=self._with_decoy(endpoint, item.verdict),
            exposed_since=_since(item.verdict, self.first_seen.get(key, observed_at)),
            remediation=item.definition.remediation, references=tuple(item.definition.references),
            observed_at=observed_at, proof=proof_of(item.observation), lifecycle=item.definition.lifecycle,
        )  # fmt: skip

    def _with_decoy(self, endpoint: Endpoint, verdict: Verdict) -> Verdict:
        """A trap that the owner declared is reported as one and never as a leak."""
        if not self.gate.is_decoy(endpoint.address, endpoint.host):
            return verdict
        return replace(
            verdict, outcome=Outcome.NOT_APPLICABLE, access=Access.NONE, severity=Severity.NONE,
            decoy=Decoy(verdict=DecoyVerdict.DECLARED, signals=("declared in the scope",)),
            reason=f"this is a declared decoy of ours; as a datastore it would be {verdict.outcome.value}",
        )  # fmt: skip


def finding_id(run: str, check_id: str, target: str, address: str) -> str:
    """The same check on the same target at the same address in one run has the same id: a repeat changes nothing.

    A name may lead to several addresses, of which one is open and another is not.
    """
    return "F-" + hashlib.sha256(f"{run}\n{check_id}\n{target}\n{address}".encode()).hexdigest()[:10]


def _key(endpoint: Endpoint, definition: CheckDefinition, bucket: str | None) -> tuple[str, str]:
    """What stays the same from run to run."""
    return definition.id, place_of(endpoint.address, endpoint.port, endpoint.host, bucket or "")


def _since(verdict: Verdict, first_seen: datetime) -> ExposedSince:
    """What is not open has not been open since any time."""
    return ExposedSince(latest=first_seen) if verdict.outcome in OPEN else ExposedSince()


def _buckets(endpoint: Endpoint, kind: str) -> tuple[str | None, ...]:
    asks_for_them = kind == "s3" or READING[kind].for_buckets
    return (endpoint.buckets or (None,)) if asks_for_them else (None,)
