"""Moves a running response to another version of its playbook, or to another playbook: shown, reasoned, recorded."""

from __future__ import annotations

from leakguard.accounts.two_people import needs_accounts
from leakguard.errors import NotAllowed, NotFound, RightMissing, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.changes import changes
from leakguard.playbooks.engine import MIGRATED, latest_playbook
from leakguard.playbooks.loosened import loosened
from leakguard.ports import DataFolders, Journal, Now
from leakguard.use_cases.incidents.playbooks import (
    PlaybookFile,
    Response,
    find_file,
    instant,
    open_incident_of,
    response_of,
)

MOST_CHARACTERS = 2000


class Migration(Frozen):
    """What a move would change, or has changed."""

    before: Response
    after: Response
    """As it would stand, or stands, behind the move."""
    lines: tuple[str, ...]
    is_made: bool

    @property
    def moved_steps(self) -> tuple[str, ...]:
        """The steps that stand otherwise than before, and how; none where the playbook is the same."""
        if not self.lines:
            return ()
        old, new = self.before.progress.steps, self.after.progress.steps
        return tuple(
            f"{name}: {old[name].state if name in old else 'new'} -> {new[name].state if name in new else 'dropped'}"
            for name in dict.fromkeys((*old, *new))
            if name not in old or name not in new or old[name].state is not new[name].state
        )


def migrate_playbook(
    journal: Journal,
    folders: DataFolders,
    incident_id: str,
    *,
    now: Now,
    file: PlaybookFile | None = None,
    by: str = "",
    reason: str = "",
    may_waive: bool = True,
) -> Migration:
    """Show what a move to `file` changes; make it when `by` and `reason` are given. What is done stays done.

    Without `file` it is the file with the name of the running playbook.
    Raises `NotFound`, `UsageProblem` when only one of `by` and `reason` is given, and `NotAllowed` when both are given
    and there is nothing to change, or somebody else wrote meanwhile. In a store with accounts, without `may_waive`:
    `RightMissing` where a step that is not settled would be left out, or would ask for less.
    """
    _refuse_misused(by, reason)
    records = tuple(journal.read(incident_id))
    incident = open_incident_of(incident_id, records)
    moment = now()
    before = response_of(incident_id, records, now=moment)
    new = file or _newest(folders, before.progress.playbook.playbook)
    lines = changes(before.progress.playbook, new.playbook)
    if by and not lines:
        raise NotAllowed(
            f"{incident_id} runs this very playbook already", next_step=f"See: leakguard playbook next {incident_id}"
        )
    said = {"from": _from(records), "by": by.strip(), "reason": reason.strip(), "changes": list(lines)}
    content = {**new.content(), **said}
    record = Record(kind=MIGRATED, occurred_at=instant(moment, incident.zone), content=content)
    after = response_of(incident_id, (*records, _imagined(record, records)), now=moment)
    if by:
        if not may_waive and needs_accounts(journal):
            _refuse_loosened(by, before, after)
        kept = journal.append(incident_id, (record,), after=records[-1].sequence)
        after = response_of(incident_id, (*records, *kept), now=moment)
    return Migration(before=before, after=after, lines=lines, is_made=bool(by))


def _refuse_misused(by: str, reason: str) -> None:
    if bool(by.strip()) != bool(reason.strip()):
        raise UsageProblem("a move needs both, who and why", next_step='Give both: --by NAME --reason "..."')
    if len(by) > MOST_CHARACTERS or len(reason) > MOST_CHARACTERS:
        raise UsageProblem(f"a text may have {MOST_CHARACTERS:,} characters", next_step="Say it shorter.")


def _refuse_loosened(by: str, before: Response, after: Response) -> None:
    """What one person may not leave out step by step, they may not leave out by another playbook either."""
    lines = loosened(before.progress.steps, after.progress.steps)
    if lines:
        why = f"{by} may not make this move: that needs the right `waive_steps`"
        raise RightMissing(
            "\n".join((why, *(f"  {line}" for line in lines))),
            next_step="Let somebody make it who has the right: leakguard account rights",
        )


def _from(records: tuple[KeptRecord, ...]) -> dict[str, object]:
    """Which playbook is left, by name, version and digest; a store of an earlier release has no digest."""
    kept = latest_playbook(records)
    content = kept.content if kept is not None else {}
    return {key: content.get(key) for key in ("name", "version", "sha256")}


def _imagined(record: Record, records: tuple[KeptRecord, ...]) -> KeptRecord:
    """The record as if it were kept, to see where the response would stand."""
    last = records[-1]
    return KeptRecord(
        sequence=last.sequence + 1,
        subject=last.subject,
        kind=record.kind,
        occurred_at=record.occurred_at,
        recorded_at=record.occurred_at.latest,
        content=record.content,
        hash="",
    )


def _newest(folders: DataFolders, name: str) -> PlaybookFile:
    """The playbook that ships under the name of the running one; raises `NotFound`."""
    try:
        return find_file(folders, name)
    except NotFound as error:
        raise NotFound(
            f"no playbook `{name}` ships, so the running one came from a file",
            next_step="Name the new one: --to FILE, or --to NAME of one that ships (leakguard playbook list)",
        ) from error
