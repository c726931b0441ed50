"""What `incident close`, `reopen`, `show` and `event closed` share: what is missing, and what runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.cli.incident.printing import moment_text
from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.cli.options import Context, read_text
from leakguard.clocks.standing import Standing
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.models.texts import counted
from leakguard.models.unfinished import Unfinished
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_rules import Reach, rule_book
from leakguard.use_cases.incidents.watched_laws import Watched
from leakguard.use_cases.reports.closing import still_running
from leakguard.use_cases.reports.report_clocks import reported_rules
from leakguard.use_cases.reports.unfinished import unfinished_by

MissingOf = Callable[[Sequence[KeptRecord]], tuple[Unfinished, ...]]


def missing_of(context: Context, incident: str, reach: Reach, facts: str | None = None) -> MissingOf:
    """What is not finished in an incident, by its records; with facts they say which duties count."""
    wiring = context.wiring
    store, now = wiring.existing_store, wiring.now
    if facts is None:
        return unfinished_by(store, rule_book(wiring.bundled, reach), incident, now=now)
    stated = (facts, read_text(facts))
    found = reported_rules(
        wiring.bundled, store, wiring.duties(), incident, reach, facts=stated, now=wiring.now()
    )  # fmt: skip
    return unfinished_by(store, lambda _, __: found.rules, incident, now=now, assessed=found.assessed)


def reach_for(context: Context, incident: str, facts: str | None) -> tuple[Reach, Watched]:
    """Whose laws count for closing, and what brings each of them."""
    stated = facts_at(context, facts, incident)
    reach = reach_of(context, stated)
    records = tuple(context.wiring.existing_store.read(incident))
    return reach, watched_here(reach, records, context.wiring.duties(), stated)


def running_of(context: Context, incident: str, reach: Reach) -> tuple[Standing, ...]:
    """The clocks that are watched although the incident is closed."""
    wiring = context.wiring
    return still_running(wiring.existing_store, rule_book(wiring.bundled, reach), incident, wiring.now())


def running_lines(running: Sequence[Standing], incident: str, zone: str) -> Iterator[str]:
    """What a person who closes an incident has to know about the clocks of laws, and the review, that run on."""
    if not running:
        return
    is_one = len(running) == 1
    watched = "is watched until something ends it" if is_one else "are watched until something ends them"
    yield f"{counted(len(running), 'clock runs', 'clocks run')} on after closing, and {watched}:"
    for one in running:
        yield f"  {printable(one.id)}{_title(one)}  {_due(one, zone)}"
    if any(one.rule.law for one in running):
        yield "End each clock of a law by what is true: `filed`, `not_applicable` or `cancelled`, such as"
        yield f"  leakguard incident event {incident} filed --obligation DUTY --stage STAGE"
    if any(not one.rule.law for one in running):
        yield "The review is reminded of until it is held; then record it:"
        yield f"  leakguard incident event {incident} lessons_recorded"


def missing_json(missing: Sequence[Unfinished]) -> list[dict[str, Any]]:
    """Plain values."""
    return [
        {
            "area": one.area.value, "name": one.name, "text": one.text, "owner": one.owner or None,
            "due_at": _stamp(one.due_at), "late": one.is_late,
        }
        for one in missing
    ]  # fmt: skip


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None


def _title(one: Standing) -> str:
    return f"  {printable(one.rule.title)}" if one.rule.title else ""


def _due(one: Standing, zone: str) -> str:
    if one.work_by is None:
        return "without undue delay"
    is_over = one.verdict.late_by_seconds is not None
    return f"{'OVERDUE since' if is_over else 'due'} {moment_text(one.work_by, zone)}"
