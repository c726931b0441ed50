"""Playbooks in use: which there are, the start of a response, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from leakguard.accounts.two_people import needs_accounts
from leakguard.clocks.durations import parse_exact
from leakguard.errors import NotAllowed, NotFound
from leakguard.files.compiled_values import compiled_in, to_compiled
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, field, replace
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Interval
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.assignments import Assignment, assignments_of
from leakguard.playbooks.definitions import from_snapshot, parse_playbook, snapshot_of
from leakguard.playbooks.due_times import due_times
from leakguard.playbooks.engine import STARTED, Progress, StepProgress, advance, latest_playbook, latest_start
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.states import SETTLED
from leakguard.ports import CompiledFolders, DataFolders, Journal, Now, ScanStore
from leakguard.use_cases.incidents.incidents import incident_of, superseded

FOLDER = "playbooks"
_NAMED = re.compile(r"""^playbook:\s*["']?([a-z0-9-]+)""", re.MULTILINE)
DEFAULT = "exposed-datastore-24h"
"""Started when neither the command nor the incident names another."""


class Response(Frozen):
    """Where the response to one incident stands at one moment."""

    incident: Incident
    progress: Progress
    due_at: Mapping[str, datetime]
    """By step; a step without a due time, or whose clock has no anchor yet, is missing."""
    now: datetime
    assigned: Mapping[str, Assignment] = field(default_factory=dict)
    """By step, who is to do it."""
    has_accounts: bool = False
    """Whether a second person logs in, and is not named by the first; known to `load_response` alone."""

    def is_late(self, step: StepProgress) -> bool:
        """Whether an open step is past its due time."""
        due = self.due_at.get(step.id)
        return due is not None and self.now > due


def list_playbooks(folders: DataFolders) -> tuple[Playbook, ...]:
    """Every playbook that ships or that the organisation added; raises `BadFile`."""
    compiled = _compiled(folders)
    return tuple(
        compiled.get(name) or parse_playbook(folders.text(FOLDER, name), name=name) for name in folders.names(FOLDER)
    )


class PlaybookFile(Frozen):
    """A playbook with the text that it was read from."""

    playbook: Playbook
    name: str
    text: str

    def content(self) -> dict[str, object]:
        """What the ledger keeps of it: all that a response needs, and the digest of the very file."""
        return {
            "name": self.playbook.playbook,
            "version": self.playbook.version,
            "file": self.name,
            "sha256": sha256(self.text.encode()).hexdigest(),
            "playbook": snapshot_of(self.playbook),
        }


def read_playbook(text: str, *, name: str) -> PlaybookFile:
    """A playbook of the organisation, from the text of its file; raises `BadFile` with every problem."""
    return PlaybookFile(playbook=parse_playbook(text, name=name), name=name, text=text)


def find_playbook(folders: DataFolders, name: str) -> Playbook:
    """The playbook of this name, or in the file of this name; raises `NotFound` with the nearest."""
    return find_file(folders, name).playbook


def find_file(folders: DataFolders, name: str) -> PlaybookFile:
    """As `find_playbook`, with the text of the file. Only the file that is meant is read as a playbook."""
    known: list[str] = []
    for file in folders.names(FOLDER):
        text = folders.text(FOLDER, file)
        match = _NAMED.search(text)
        called = match[1] if match is not None else ""
        if name in {called, file, file.removesuffix(".yaml")}:
            compiled = _compiled(folders).get(file)
            return PlaybookFile(playbook=compiled, name=file, text=text) if compiled else read_playbook(text, name=file)
        known.append(called)
    near = nearest_name(name, known)
    hint = f" (did you mean `{near}`?)" if near else ""
    raise NotFound(f"there is no playbook `{name[:60]}`{hint}", next_step="List them: leakguard playbook list")


def compile_playbooks(texts: Mapping[str, str]) -> str:
    """The playbooks in a form that is read at once; raises `BadFile`."""
    return to_compiled(texts, {"playbooks": {name: parse_playbook(text, name=name) for name, text in texts.items()}})


def _compiled(folders: DataFolders) -> Mapping[str, Playbook]:
    """Those of the folder, by file, where they have a compiled form."""
    if not isinstance(folders, CompiledFolders):
        return {}
    texts = folders.read(FOLDER, folders.names(FOLDER))
    found = compiled_in(folders.form(FOLDER, texts, compile_playbooks), texts)
    return (found.part("playbooks", dict[str, Playbook]) if found is not None else None) or {}


def start_playbook(
    journal: Journal,
    folders: DataFolders,
    incident_id: str,
    *,
    now: Now,
    name: str | None = None,
    by: str = "",
    file: PlaybookFile | None = None,
) -> Response:
    """Begin the response: the whole playbook goes into the ledger, so that a later version does not change it.

    `file` is a playbook of the organisation; without one it is the one of this name, or that the incident was opened
    with, or the 24 hours.
    Raises `NotFound`, and `NotAllowed` when the incident is closed or a response runs already.
    """
    records = tuple(journal.read(incident_id))
    incident = open_incident_of(incident_id, records)
    _refuse_second_start(incident, records)
    chosen = file or find_file(folders, name or _named(incident) or DEFAULT)
    content = {**chosen.content(), "by": by}
    record = Record(kind=STARTED, occurred_at=instant(now(), incident.zone), content=content)
    kept = journal.append(incident_id, (record,), after=records[-1].sequence)
    return response_of(incident_id, (*records, *kept), now=now())


def load_response(journal: Journal, incident_id: str, *, now: Now) -> Response:
    """Where the response stands; raises `NotFound` when there is no incident, or no playbook was started."""
    response = response_of(incident_id, tuple(journal.read(incident_id)), now=now())
    return replace(response, has_accounts=needs_accounts(journal))


def response_of(incident_id: str, records: Sequence[KeptRecord], *, now: datetime) -> Response:
    """Where the response stands that these records of one incident tell of."""
    incident = incident_of(incident_id, records)
    playbook = running_playbook(incident_id, records)
    if playbook is None:
        raise NotFound(
            f"no playbook was started for {incident_id}", next_step=f"Start it: leakguard playbook start {incident_id}"
        )
    events = [event_of(record) for record in records if is_event_record(record)]
    progress = advance(playbook, records)
    due_at = {**due_times(playbook, events, now), **dict(_next_rounds(progress))}
    assigned = assignments_of(records, since=progress.started_by)
    return Response(incident=incident, progress=progress, due_at=due_at, now=now, assigned=assigned)


def is_response_open(incident_id: str, records: Sequence[KeptRecord], *, now: datetime) -> bool:
    """Whether a playbook was started for the incident and has steps left."""
    return latest_start(records) is not None and not response_of(incident_id, records, now=now).progress.is_finished


def settled_steps(journal: Journal, incident_id: str, *, now: Now) -> int:
    """How many steps of the response so far are settled; none where no playbook was started."""
    records = tuple(journal.read(incident_id))
    if latest_start(records) is None:
        return 0
    return sum(step.state in SETTLED for step in response_of(incident_id, records, now=now()).progress.steps.values())


def _next_rounds(progress: Progress) -> Iterator[tuple[str, datetime]]:
    """When the next round of each loop is due: so long after the last one."""
    for step in progress.open:
        every = step.step.repeat.every if step.step.repeat is not None else None
        if every is not None and step.rounds and step.since is not None:
            yield step.id, step.since + parse_exact(every)


def datastores_of(store: ScanStore, incident: Incident) -> Mapping[str, frozenset[int]]:
    """The products of the incident's findings with their ports; empty when it was opened without one.

    A finding that a cloud's interface told of has no port.
    """
    ports: dict[str, set[int]] = {}
    for finding in store.findings(ids=incident.findings):
        ports.setdefault(finding.datastore, set()).update({finding.port} - {0})
    return {product: frozenset(own) for product, own in ports.items()}


def open_incident_of(incident_id: str, records: Sequence[KeptRecord]) -> Incident:
    """The incident; raises `NotFound`, and `NotAllowed` when it is closed."""
    incident = incident_of(incident_id, records)
    if incident.state is IncidentState.CLOSED:
        raise NotAllowed(
            f"{incident_id} is closed",
            next_step=f"Reopen it first: leakguard incident reopen {incident_id} --reason TEXT",
        )
    return incident


def instant(moment: datetime, zone: str) -> Interval:
    """An exact time."""
    return Interval(earliest=moment, latest=moment, zone=zone)


def running_playbook(incident_id: str, records: Sequence[KeptRecord]) -> Playbook | None:
    """The playbook as it was when the response began, or was moved to it; `None` when none was started."""
    kept = latest_playbook(records)
    if kept is None:
        return None
    return from_snapshot(kept.content.get("playbook"), name=f"the playbook of {incident_id}")


def _refuse_second_start(incident: Incident, records: Sequence[KeptRecord]) -> None:
    """A response begins once; an incident that was reopened since begins a new one."""
    start = latest_start(records)
    if start is None:
        return
    gone = superseded(incident.events)
    reopened = [
        record.sequence
        for record in records
        if is_event_record(record) and record.kind == "reopened" and event_of(record).id not in gone
    ]
    if not any(sequence > start.sequence for sequence in reopened):
        raise NotAllowed(
            f"{incident.id} has its playbook already: {start.content.get('name')}",
            next_step=f"Go on with it: leakguard playbook next {incident.id}",
        )


def _named(incident: Incident) -> str:
    """The playbook that was named when the incident was opened."""
    return next((str(event.fields.get("playbook") or "") for event in incident.events), "")
