"""Reads a ransom note because a person asked for it by hand, keeps its addresses and a hash, and drops the rest.

No scan comes here. Nobody is paid and nobody is written to.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from leakguard.checks.definitions import CheckDefinition, NoteRequest, RansomMarkers
from leakguard.checks.judge import judge
from leakguard.checks.note import NoteAddresses, NoteDigest, addresses_in, digest_of, is_note
from leakguard.checks.ransom import note_entries
from leakguard.checks.views import view_of
from leakguard.engine.asking import observe
from leakguard.errors import NotAllowed, NoteNotRead, OutOfScope
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Finding
from leakguard.models.incidents import IncidentState
from leakguard.models.observations import Reply
from leakguard.models.scope import Scope
from leakguard.models.targets import Endpoint
from leakguard.ports import Session
from leakguard.scanning.diff import OPEN
from leakguard.scanning.plan import Plan
from leakguard.scanning.quiet_hours import refuse_in_quiet_hours
from leakguard.use_cases.incidents.incident_closures import incidents_about
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.start_scan import ScanTools, also_where_seen, target_of
from leakguard.use_cases.scans.verify_findings import findings_to_verify

READ = "ransom_note_read"


class NoteRead(Frozen):
    """All that is left of a note."""

    finding: Finding
    addresses: NoteAddresses
    digests: tuple[NoteDigest, ...]
    """One for each entry that held a note, at most three."""
    read_at: datetime
    incidents: tuple[str, ...] = ()
    """The open incidents of the finding, in which the reading was recorded."""


class _NoteReader(Frozen):
    """Asks for the entries, then for the note of those that are one."""

    definition: CheckDefinition
    markers: RansomMarkers
    note: NoteRequest
    random_word: str

    async def read(self, session: Session) -> tuple[Reply, ...]:
        """The answers that are notes; raises `NoteNotRead` that says what stood in the way."""
        entries = await self._entries(session)
        replies = [(await session.ask(self.note.of(name)), is_tiny) for name, is_tiny in entries.items()]
        notes = tuple(reply for reply, is_tiny in replies if is_note(self.markers, reply, is_tiny=is_tiny))
        if entries and not notes:
            raise NoteNotRead(
                "the server gave no note, or more records than a note has; nothing was kept",
                next_step="Look at the server by hand, and save its disk first.",
            )
        return notes

    async def _entries(self, session: Session) -> dict[str, bool]:
        """The names are asked for again, since none is ever stored."""
        observation = await observe(session, self.definition, random_word=self.random_word)
        verdict = judge(self.definition, observation)
        if verdict.outcome not in OPEN:
            raise NoteNotRead(
                f"it is not open now: {verdict.reason}", next_step="Prove closure: leakguard scan verify FINDING"
            )
        entries = note_entries(self.markers, view_of(self.definition, observation.replies))
        if not entries:
            raise NoteNotRead(
                "no entry has both the name and the size of a note now, and anything else may be somebody's records",
                next_step="Look at the server by hand, and save its disk first.",
            )
        return dict(entries)


def read_note(identifier: str, scope: Scope, tools: ScanTools, *, vantage: str) -> NoteRead:
    """Read the note that a finding tells of, at the finding's own address and inside the scope.

    Raises `NotFound`, `NotAllowed` for a finding without a note that can be read, `OutOfScope` before the first
    packet, `InQuietHours` when the scope says so, `NoteNotRead` when there is no note now.
    """
    (finding,) = findings_to_verify(tools.store, [identifier])
    reader = _reader_for(finding, tools)
    target = target_of(finding, reader.definition.probe.kind)
    plan = plan_scan((target,), scope, ports=(), resolve=also_where_seen((finding,), scope, tools.resolve))
    refuse_in_quiet_hours(scope, tools.now())
    replies = asyncio.run(_ask(reader, finding, plan, tools))
    read = NoteRead(
        finding=finding, addresses=addresses_in([reply.body for reply in replies]),
        digests=tuple(digest_of(reply) for reply in replies), read_at=tools.now(),
    )  # fmt: skip
    return replace(read, incidents=_record(read, tools, vantage))


async def _ask(reader: _NoteReader, finding: Finding, plan: Plan, tools: ScanTools) -> tuple[Reply, ...]:
    endpoint = _endpoint_of(finding, plan)
    session = tools.prober(plan.gate, plan.gate.scope.limits).open(endpoint, reader.definition.probe.kind)
    try:
        return await reader.read(session)
    finally:
        await session.close()


def _reader_for(finding: Finding, tools: ScanTools) -> _NoteReader:
    if finding.verdict.ransomed.verdict == "no":
        raise NotAllowed(
            f"{finding.id} shows no sign of a ransom note",
            next_step="Only a finding that a scan calls ransomed has a note: leakguard scan show RUN",
        )
    definition = next((item for item in tools.checks if item.id == finding.check_id), None)
    if definition is None or definition.ransom is None or definition.ransom.note is None:
        raise NotAllowed(
            f"the check `{finding.check_id}` has no harmless way to read a note",
            next_step="Look at the server by hand, and save its disk first.",
        )
    markers, note = definition.ransom, definition.ransom.note
    return _NoteReader(definition=definition, markers=markers, note=note, random_word=tools.token(12))


def _endpoint_of(finding: Finding, plan: Plan) -> Endpoint:
    """Where the note was seen: a name that leads elsewhere by now leads to another server."""
    found = next((item for item in plan.endpoints() if item.address == finding.address), None)
    if found is None:
        raise OutOfScope(
            f"{finding.place} does not lead to {finding.address} any more, which the scope does not name by itself",
            next_step="Scan again: leakguard scan TARGET",
        )
    return replace(found, scheme=finding.transport)


def _record(read: NoteRead, tools: ScanTools, vantage: str) -> tuple[str, ...]:
    """Write the reading into every open incident of the finding; a closed one has nothing more to do with it."""
    found = incidents_about(tools.store, [read.finding])
    still = [item for item in found if load_incident(tools.store, item).state is IncidentState.OPEN]
    lists = {
        "emails": read.addresses.emails, "bitcoin": read.addresses.bitcoin, "onions": read.addresses.onions,
        "sha256": [digest.sha256 for digest in read.digests],
    }  # fmt: skip
    fields = {name: ", ".join(words) for name, words in lists.items() if words}
    about = {"finding": read.finding.id, "check": read.finding.check_id, "vantage": vantage}
    event = NewEvent(kind=READ, source="read on request; nothing else of it was kept", fields=about | fields)
    for incident in still:
        names = NoNameCheck(reason="a note that was read names no duty and no clock")
        record_event(tools.store, incident, event, now=tools.now, names=names)
    return tuple(still)
