"""What `incident close`, `reopen`, `show` and `event closed` share: what is missing, and what runs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.clocks.standing import Standing
from leakguard.files.opening import read_text
from leakguard.models.records import KeptRecord
from leakguard.models.unfinished import Unfinished
from leakguard.use_cases.incidents.incident_rules import Reach, rule_book
from leakguard.use_cases.incidents.watched_laws import Watched
from leakguard.use_cases.reports.closing import still_running
from leakguard.use_cases.reports.report_clocks import reported_rules
from leakguard.use_cases.reports.unfinished import unfinished_by

if TYPE_CHECKING:
    from leakguard.cli.options import Context


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
    return reach, watched_here(reach, records, context.wiring.duty_rows(), stated)


def running_of(context: Context, incident: str, reach: Reach) -> tuple[Standing, ...]:
    """The clocks that are watched although the incident is closed."""
    wiring = context.wiring
    return still_running(wiring.existing_store, rule_book(wiring.bundled, reach), incident, wiring.now())
