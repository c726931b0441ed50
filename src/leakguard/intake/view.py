"""One report, as the ledger tells of it: a view of the entries of its subject, `RP-2026-0001`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.errors import NotFound
from leakguard.frozen import Frozen, field, replace
from leakguard.intake.messages import Message
from leakguard.intake.naming import ReportedPlace
from leakguard.intake.states import ACTS, NEXT, ORDER, Act, ReportState, Verdict
from leakguard.ledger.custody import ADDED, item_id
from leakguard.ledger.erasure import ERASED
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.models.subjects import REPORTS

PREFIX = REPORTS
RECEIVED, SENDER, HANDED_OVER, THANKED = "report_received", "report_sender", "report_handed_over", "report_thanked"
TEXT_FILE = "report.txt"
"""Under this name the text of a report is evidence."""


class SeenFile(Frozen):
    """A file that came with a report, by name, size and hash."""

    name: str
    size: int
    sha256: str


class Report(Frozen, hidden=("name", "address")):
    """How a report stands."""

    id: str
    received_at: datetime
    recorded_at: datetime
    channel: str
    subject: str
    sha256: str
    message_mark: str
    machine: str
    named: tuple[ReportedPlace, ...]
    files: tuple[SeenFile, ...]
    remarks: tuple[str, ...]
    state: ReportState = ReportState.RECEIVED
    reached: Mapping[ReportState, datetime] = field(default_factory=dict)
    """When each state was first reached, since the report was last taken up again."""
    verification_taken_back: int = 0
    """The entry that took up again what had been verified; only a later look proves it closed."""
    verdict: Verdict | None = None
    duplicate_of: str = ""
    findings: tuple[str, ...] = ()
    incident: str = ""
    thanked_at: datetime | None = None
    sender_entry: int | None = None
    """The entry that has the sender, where there is one."""
    name: str = ""
    address: str = ""
    evidence: tuple[str, ...] = ()
    """Ids of items of evidence, the text first."""
    text_sha256: str = ""
    is_erased: bool = False

    def needs(self, state: ReportState) -> bool:
        """Whether this state is still ahead of it: what is not ours, known, or spam needs no repair."""
        is_settled = self.verdict not in {None, Verdict.VALID}
        if state is ReportState.ACKNOWLEDGED:
            return self.verdict is not Verdict.SPAM
        return state is ReportState.TRIAGED or not is_settled

    @property
    def is_open(self) -> bool:
        """Whether anything is to be done."""
        return self.state is not ReportState.CLOSED

    @property
    def places(self) -> frozenset[str]:
        """Host and port of each place with a port, and each bucket: by these two reports are one."""
        return frozenset(place.place for place in self.named if place.port or place.kind == "bucket")


def received_records(
    message: Message, named: Iterable[ReportedPlace], *, at: datetime, duplicate_of: str
) -> list[Record]:
    """What the ledger gets of a message besides its text: what was named, and the sender in an entry alone."""
    when = Interval(earliest=at, latest=at)
    content = {
        "channel": message.channel, "subject": message.subject, "message_sha256": message.sha256,
        "message_mark": message.message_mark, "machine": message.machine, "remarks": list(message.remarks),
        "named": [
            {"kind": place.kind, "target": place.target, "host": place.host, "port": place.port} for place in named
        ],
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in message.enclosed],
        "sent_at": to_z(message.sent_at) if message.sent_at else None,
        "duplicate_of": duplicate_of,
    }  # fmt: skip
    records = [Record(kind=RECEIVED, occurred_at=when, content=content)]
    if message.sender.is_known or message.sender.name:
        about = {"name": message.sender.name, "address": message.sender.address}
        records.append(Record(kind=SENDER, occurred_at=when, content=about))
    return records


def report_of(identifier: str, records: Iterable[KeptRecord]) -> Report:
    """The report that these records of one subject tell of; raises `NotFound` when they tell of none."""
    report: Report | None = None
    for record in records:
        if record.kind == RECEIVED:
            report = _received(identifier, record)
        elif report is not None:
            report = _followed(report, record)
    if report is None:
        raise NotFound(f"there is no report `{identifier[:60]}`", next_step="List them: leakguard report list")
    return report


def _received(identifier: str, record: KeptRecord) -> Report:
    content, at = record.content, record.occurred_at.latest
    return Report(
        id=identifier, received_at=at, recorded_at=record.recorded_at, channel=_word(content, "channel"),
        subject=_word(content, "subject"), sha256=_word(content, "message_sha256"),
        message_mark=_word(content, "message_mark"), machine=_word(content, "machine"),
        named=tuple(_named(row) for row in _rows(content, "named")),
        files=tuple(
            SeenFile(name=_word(row, "name"), size=int(row.get("size") or 0), sha256=_word(row, "sha256"))
            for row in _rows(content, "files")
        ),
        remarks=tuple(str(file) for file in content.get("remarks") or ()), reached={ReportState.RECEIVED: at},
        duplicate_of=_word(content, "duplicate_of"), is_erased=content.get("message_sha256") == ERASED,
    )  # fmt: skip


def _named(row: Mapping[str, Any]) -> ReportedPlace:
    port = row.get("port")
    return ReportedPlace(
        kind=_word(row, "kind"), target=_word(row, "target"), host=_word(row, "host"),
        port=port if isinstance(port, int) and port > 0 else None,
    )  # fmt: skip


def _followed(report: Report, record: KeptRecord) -> Report:
    content, at = record.content, record.occurred_at.latest
    if record.kind == SENDER:
        name, address = _word(content, "name"), _word(content, "address")
        return replace(report, sender_entry=record.sequence if name or address else None, name=name, address=address)
    if record.kind == ADDED:
        is_text = content.get("name") == TEXT_FILE and not report.text_sha256
        text = _word(content, "sha256") if is_text else report.text_sha256
        return replace(report, evidence=(*report.evidence, item_id(record.sequence)), text_sha256=text)
    if record.kind == HANDED_OVER:
        return replace(report, incident=_word(content, "incident"))
    if record.kind == THANKED:
        return replace(report, thanked_at=at)
    act = ACTS.get(record.kind)
    return report if act is None or act not in NEXT[report.state] else _acted(report, act, record)


def _acted(report: Report, act: Act, record: KeptRecord) -> Report:
    state, at = NEXT[report.state][act], record.occurred_at.latest
    kept = dict[ReportState, datetime](report.reached)
    taken_back = report.verification_taken_back
    if ORDER.index(state) < ORDER.index(report.state):  # it is open again: what was reached behind it no longer counts
        taken_back = record.sequence if ReportState.VERIFIED in kept else taken_back
        kept = {one: when for one, when in kept.items() if ORDER.index(one) <= ORDER.index(state)}
    if act is not Act.REOPEN:  # nobody triages by reopening
        kept.setdefault(ReportState.ACKNOWLEDGED if act is Act.ACKNOWLEDGE else state, at)
    report = replace(report, state=state, reached=kept, verification_taken_back=taken_back)
    return _triaged(report, record.content) if act is Act.TRIAGE else report


def _triaged(report: Report, content: Mapping[str, Any]) -> Report:
    stated = _word(content, "verdict")
    verdict = Verdict(stated) if stated in set(Verdict) else None
    found = tuple(dict.fromkeys((*report.findings, *(str(finding) for finding in content.get("findings") or ()))))
    return replace(
        report, verdict=verdict, findings=found, duplicate_of=_word(content, "duplicate_of") or report.duplicate_of
    )


def _rows(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = content.get(name)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def _word(content: Mapping[str, Any], name: str) -> str:
    """A text of an entry; nothing where it was erased."""
    found = str(content.get(name) or "")
    return "" if found == ERASED else found
