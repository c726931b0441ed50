"""Findings that an erasure concerns: those that an entry lists, which a person names, and those under legal hold."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.models.texts import counted
from leakguard.ports import ScanStore
from leakguard.use_cases.incidents.incident_closures import every_finding_in
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import OPENED

_MOST_NAMED = 20


def refuse_unnamed_findings(store: ScanStore, entries: Iterable[Entry], named: Collection[str]) -> None:
    """Raise `NotAllowed` if one of these entries lists a finding that the store still has and that is not `named`."""
    for entry in entries:
        if entry.kind != FINDINGS_RECORDED:
            continue
        unnamed = [finding.id for finding in store.findings(ids=_ids_in(entry)) if finding.id not in named]
        if unnamed:
            ids = ", ".join(unnamed[:_MOST_NAMED])
            more = f" and {len(unnamed) - _MOST_NAMED:,} more" if len(unnamed) > _MOST_NAMED else ""
            findings = counted(len(unnamed), "finding", "findings")
            raise NotAllowed(
                f"entry {entry.sequence} lists {findings} that would be erased with it: {ids}{more}",
                next_step=f"To erase them as well, name them too. See them: leakguard scan show {entry.subject}",
            )


def held_findings(store: ScanStore, incidents: Container[str]) -> set[str]:
    """The findings that incidents under hold were opened with, and those that came later, if only by mistake."""
    records = store.of_kinds({OPENED, *ADDS_FINDING})
    return every_finding_in(record for record in records if record.subject in incidents)


def _ids_in(entry: Entry) -> list[str]:
    """The findings that an entry lists; none of an entry that is unreadable, whose content cannot be erased."""
    try:
        listed = kept_record(entry).content.get("findings")
    except LedgerBroken:
        return []
    items = listed if isinstance(listed, list) else []
    return [str(item["id"]) for item in items if isinstance(item, dict) and "id" in item]
