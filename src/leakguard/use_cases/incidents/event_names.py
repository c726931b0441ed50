"""Whether an event names duties, clocks, stages and findings that exist: nobody sees what a misspelt one stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.rules import ClockRule
from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord
from leakguard.notices.book import DutyBook
from leakguard.notices.filings import stages_of
from leakguard.playbooks.engine import MIGRATED, STARTED
from leakguard.ports import DataFolders, Journal, ScanStore
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incident_rules import rule_book
from leakguard.use_cases.incidents.incidents import OPENED, REOPENED

_NAMES = frozenset({"clock", "obligation"})
"""Fields that name a clock or a duty."""


class Names(Frozen):
    """What an event of one incident may name."""

    clocks: tuple[str, ...]
    stages: Mapping[str, tuple[str, ...]]
    """By duty; a promise of our own tells no stages."""
    pausable: frozenset[str]
    """The clocks that may be paused, and what they are about."""


def names_in(folders: DataFolders, journal: Journal, incident: str, book: DutyBook) -> Names:
    """The clocks of an incident, and every duty: also one whose clock is not shown may be filed, or ruled out."""
    return _names(rule_book(folders, duties=())(incident, _deciding(journal, incident)), book)


def names_at_opening(folders: DataFolders, opening: KeptRecord, book: DutyBook) -> Names:
    """What events may name with which an incident is opened."""
    return _names(rule_book(folders, duties=())(opening.subject, (opening,)), book)


def _names(own: Sequence[ClockRule], book: DutyBook) -> Names:
    every = (*own, *(phase.clock for duty in book.duties for phase in duty.phases))
    stages = {name: () for rule in own for name in _obligations(rule)}
    pausable = [rule for rule in every if rule.pausable != "never"]
    return Names(
        clocks=tuple(rule.id for rule in every),
        stages=stages | {duty.id: stages_of(duty) for duty in book.duties},
        pausable=frozenset(name for rule in pausable for name in (rule.id, *_obligations(rule))),
    )


def name_check(
    folders: DataFolders, journal: Journal, incident: str, book: Callable[[], DutyBook], *,
    findings: ScanStore | None = None,
) -> Callable[[str, Mapping[str, str]], None]:  # fmt: skip
    """Refuses fields that name nothing that there is; the book of duties is opened for an event that has such.

    `findings` is where those are kept of which an event says that they are the incident's; without it nobody looks.
    """

    def check(kind: str, fields: Mapping[str, str]) -> None:
        if findings is not None and kind in ADDS_FINDING and "finding" in fields:
            _refuse_unknown_finding(incident, fields["finding"], findings)
        if not _NAMES.isdisjoint(fields):
            refuse_unknown_names(incident, kind, fields, names_in(folders, journal, incident, book()))

    return check


def _refuse_unknown_finding(incident: str, name: str, findings: ScanStore) -> None:
    if next(iter(findings.findings(ids=(name,))), None) is None:
        raise UsageProblem(
            f"`finding={name[:60]}` names no finding that there is",
            next_step=f"Those of the incident: leakguard incident show {incident}; of a run: leakguard scan show RUN",
        )


def _deciding(journal: Journal, incident: str) -> tuple[KeptRecord, ...]:
    """The records that decide which clocks are the incident's own; all of them once its playbook was moved."""
    found = tuple(journal.of_kinds((OPENED, STARTED, MIGRATED, REOPENED), incident))
    return tuple(journal.read(incident)) if any(record.kind == MIGRATED for record in found) else found


def refuse_unknown_names(incident: str, kind: str, fields: Mapping[str, str], names: Names) -> None:
    """Raises `UsageProblem` for a duty, a clock or a stage that there is not, with the nearest that there is.

    So it does for a pause of a clock that is never paused.
    """
    refuse_unknown_duty(incident, kind, fields, names)
    named = [fields[field] for field in ("clock", "obligation") if field in fields]
    if kind == "paused" and not names.pausable.issuperset(named):
        raise UsageProblem(
            f"`{named[0]}` runs on whatever happens: this clock is never paused",
            next_step="More time by an authority is `extension_granted`, a ban to tell people `delay_notice_sent`.",
        )
    refuse_unknown_stage(fields, names)


def refuse_unknown_duty(incident: str, kind: str, fields: Mapping[str, str], names: Names) -> None:
    """Raises `UsageProblem` for a duty or a clock that there is not."""
    obligations = tuple(names.stages)
    if "clock" in KINDS[kind].allowed:  # what moves a clock or decides about it may name it in either way
        obligations += names.clocks
    for field, known in (("clock", names.clocks), ("obligation", obligations)):
        if field in fields and fields[field] not in known:
            raise UsageProblem(
                f"`{field}={fields[field][:60]}` names nothing that there is{_hint(fields[field], known)}",
                next_step=f"See them: leakguard clock list --incident {incident}, leakguard duties list",
            )


def refuse_unknown_stage(fields: Mapping[str, str], names: Names) -> None:
    """Raises `UsageProblem` for a stage that the duty does not have."""
    stages = names.stages.get(fields.get("obligation", ""), ())
    if stages and "stage" in fields and fields["stage"] not in stages:
        raise UsageProblem(
            f"{fields['obligation']} has no stage `{fields['stage'][:60]}`{_hint(fields['stage'], stages)}",
            next_step=f"It has: {', '.join(stages)}.",
        )


def _hint(text: str, known: Sequence[str]) -> str:
    begun = next((name for name in known if text and name.startswith(text)), None)
    near = begun or nearest_name(text[:60], list(known))
    return f" (did you mean `{near}`?)" if near else ""


def _obligations(rule: ClockRule) -> frozenset[str]:
    return rule.ending.values_of("obligation") if rule.ending is not None else frozenset()
