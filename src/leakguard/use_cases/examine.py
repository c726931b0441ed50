"""Examines one endpoint: finds out what speaks there, asks what the checks need, and makes findings of the verdicts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import judge
from leakguard.checks.proof import proof_of
from leakguard.checks.verbs import READING
from leakguard.checks.views import next_request
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
from leakguard.models.observations import Observation, Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Now, Prober, Session
from leakguard.scanning.diff import OPEN
from leakguard.scanning.gate import Gate
from leakguard.use_cases.examination import (
    NO_CONNECTION,
    Examination,
    Judged,
    TargetStanding,
    applies,
    failed,
    first_ending,
    settles,
    spoke_http,
    standing_of,
)

HTTP = "http"
OVER_HTTP = tuple(kind for kind, reading in READING.items() if reading.over == HTTP)
"""Kinds that speak HTTP as well; asked only where no product was recognised."""
SCHEME_KINDS = {scheme: kind for kind, reading in READING.items() for scheme in reading.schemes}


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

    async def examine(self, endpoint: Endpoint) -> Examination:
        """Ask what the port suggests, then HTTP, then all others at once; never raises for what a host does."""
        judged: list[Judged] = []
        leading, others = self._kinds(endpoint)
        for kind in leading:
            found = await self._ask_kind(endpoint, kind)
            special = [item for item in found if not item.definition.fallback]
            if kind == HTTP and not applies(special) and (not found or spoke_http(found)):
                found += await self._ask_over_http(endpoint)
            judged += found
            if settles(found):
                return self._conclude(endpoint, judged)
        judged += await self._ask_at_once(endpoint, others)
        return self._conclude(endpoint, judged)

    def _kinds(self, endpoint: Endpoint) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The kinds to ask one after the other, what the URL or the port suggests first; and the rest."""
        by_port = [item.probe.kind for item in self.library if endpoint.port in item.probe.ports and not item.fallback]
        hinted = SCHEME_KINDS.get(endpoint.scheme or "")
        leading = dict.fromkeys([*([hinted] if hinted else []), *by_port, HTTP])
        rest = sorted({item.probe.kind for item in self.library} - leading.keys())
        return tuple(kind for kind in leading if kind not in OVER_HTTP), tuple(
            kind for kind in rest if kind not in OVER_HTTP
        )

    async def _ask_at_once(self, endpoint: Endpoint, kinds: Sequence[str]) -> list[Judged]:
        """Every kind on a line of its own: one that meets silence must not keep another from its answer."""
        found: dict[str, list[Judged]] = {}

        async def ask(kind: str) -> None:
            found[kind] = await self._ask_kind(endpoint, kind)

        waiting = {asyncio.create_task(ask(kind)) for kind in kinds}
        try:
            while waiting and not any(map(settles, found.values())):
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return [item for kind in kinds for item in found.get(kind, ())]

    async def _ask_kind(self, endpoint: Endpoint, kind: str) -> list[Judged]:
        session = self.prober.open(endpoint, kind)
        try:
            found: list[Judged] = []
            for definition in self._checks(kind):
                if definition.fallback and any(item.applies for item in found):
                    continue
                for bucket in _buckets(endpoint, kind):
                    found += await self._ask_check(session, definition, bucket)
                if first_ending(found) in NO_CONNECTION:
                    break
            return found
        finally:
            await session.close()

    async def _ask_over_http(self, endpoint: Endpoint) -> list[Judged]:
        found: list[Judged] = []
        for kind in OVER_HTTP:
            found += await self._ask_kind(endpoint, kind)
            if any(item.applies for item in found):
                break
        return found

    async def _ask_check(self, session: Session, definition: CheckDefinition, bucket: str | None) -> list[Judged]:
        """One verdict, or none where the check had nothing to ask: it needs a bucket and we have none."""
        replies: dict[str, Reply] = {}
        while request := next_request(definition, replies, nonsense=self.nonsense, bucket=bucket):
            replies[request.id] = await session.ask(request)
            if replies[request.id].ended in NO_CONNECTION:
                break
        if not replies:
            return []
        observation = Observation(
            kind=definition.probe.kind, replies=replies, transport=session.transport, tls=session.tls,
            ended=next(iter(replies.values())).ended,
        )  # fmt: skip
        verdict = judge(definition, observation)
        return [Judged(definition=definition, observation=observation, verdict=verdict, bucket=bucket)]

    def _checks(self, kind: str) -> Iterator[CheckDefinition]:
        """Checks of one kind, those that only judge what no other check knows at the end."""
        of_kind = [item for item in self.library if item.probe.kind == kind]
        yield from sorted(of_kind, key=lambda item: item.fallback)

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
        key = (item.definition.id, place_of(endpoint.address, endpoint.port, endpoint.host, item.bucket or ""))
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


def _since(verdict: Verdict, first_seen: datetime) -> ExposedSince:
    """What is not open has not been open since any time."""
    return ExposedSince(latest=first_seen) if verdict.outcome in OPEN else ExposedSince()


def _buckets(endpoint: Endpoint, kind: str) -> tuple[str | None, ...]:
    return (endpoint.buckets or (None,)) if kind == "s3" else (None,)
