"""Scenarios and scorecards of drills; every line that could be torn out says DRILL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.clocks.times import zone_of
from leakguard.drills.moments import act_title
from leakguard.drills.scorecard import ClockScore, InjectScore, RoleScore, Scorecard
from leakguard.drills.shapes import Action, Fact, Inject, Scenario
from leakguard.drills.times import begins_at, ends_at
from leakguard.models.moments import to_z
from leakguard.models.texts import counted, duration_words
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.drills.drill_by_people import Board

_STATES = {
    "running": "open", "at_risk": "open, at risk", "due_now": "due now", "overdue": "OVERDUE", "paused": "paused",
    "met_on_time": "met", "met_late": "MET LATE", "missed": "MISSED",
}  # fmt: skip


def card_parts(card: Scorecard) -> Iterator[str | Table]:
    """One scorecard for a person, line by line and table by table."""
    yield f"[DRILL] {card.title}"
    yield from _summary(card)
    yield _clocks(card)
    yield _roles(card.roles)
    if card.injects:
        yield _injects(card)


def both_parts(written: Scorecard, earlier: Scorecard) -> Iterator[str | Table]:
    """What if we had known earlier: both cards, clock by clock."""
    yield f"[DRILL] {written.title}: what if we had known earlier"
    columns = (
        Column(heading="CLOCK", is_whole=True), Column(heading="AS IT WAS", gives_way=1),
        Column(heading=f"KNOWN {duration_words(earlier.known_earlier)} EARLIER", gives_way=2),
    )  # fmt: skip
    others = {clock.clock: clock for clock in earlier.clocks}
    rows = []
    for clock in written.clocks:
        other = others.pop(clock.clock, None)
        rows.append((printable(clock.clock), verdict(clock), verdict(other) if other is not None else "not begun"))
    rows += [(printable(score.clock), "not begun", verdict(score)) for score in others.values()]
    rows += [(name, was, would_be) for name, (was, would_be) in _totals(written, earlier).items()]
    yield Table(columns=columns, rows=tuple(rows), title="DRILL: clocks")


def _totals(*cards: Scorecard) -> Mapping[str, Sequence[str]]:
    return {
        "= clocks met": [str(card.counts["met"]) for card in cards],
        "= clocks missed": [str(card.counts["missed"]) for card in cards],
        "= steps done": [f"{card.steps_done} of {card.step_count}" for card in cards],
        "= steps late": [str(sum(len(role.late_steps) for role in card.roles)) for card in cards],
        "= alarms": [f"{card.messages}, {card.taken} taken over" for card in cards],
    }


def _summary(card: Scorecard) -> Sequence[str]:
    known = f", {duration_words(card.known_earlier)} earlier than it was" if card.known_earlier else ""
    whole = "verifies" if card.is_whole else "DOES NOT VERIFY"
    messages = counted(card.messages, "message")
    return (
        f"{card.scenario}, version {card.version}, with {card.playbook}; {card.incident} is {card.incident_state}",
        f"known at {local(card.known_at, card.zone)}{known}; scored at {local(card.ended_at, card.zone)}",
        f"clocks: {card.counts['met']} met, {card.counts['missed']} missed, {card.counts['open']} open",
        f"steps: {card.steps_done} of {card.step_count} done",
        f"alerts: {messages}, {card.taken} taken over; the ledger {whole} ({card.ledger})",
    )


def _clocks(card: Scorecard) -> Table:
    columns = (
        Column(heading="CLOCK", is_whole=True), Column(heading="HOW IT STOOD"), Column(heading="LIMIT", gives_way=2),
        Column(heading="ROLE", gives_way=1), Column(heading="ALARMS", is_number=True, gives_way=3),
        Column(heading="FIRST TAKEN OVER AFTER", gives_way=4),
    )  # fmt: skip
    rows = []
    for clock in card.clocks:
        limit = local(clock.limit, card.zone) if clock.limit is not None else "without undue delay"
        taken = duration_words(clock.first_taken_after) if clock.first_taken_after is not None else "-"
        rows.append((printable(clock.clock), verdict(clock), limit, clock.role or "-", str(clock.alarms), taken))
    return Table(columns=columns, rows=tuple(rows), title="DRILL: clocks")


def verdict(clock_score: ClockScore) -> str:
    """`met, 8 h 45 min to spare`; and when another source's time would have changed the answer, that."""
    state = _STATES.get(clock_score.state, clock_score.state)
    if clock_score.late_by is not None:
        state = f"{state} by {duration_words(clock_score.late_by)}"
    elif clock_score.margin is not None:
        state = f"{state}, {duration_words(clock_score.margin)} to spare"
    elif clock_score.took is not None:
        state = f"{state} after {duration_words(clock_score.took)}"
    return state if clock_score.is_certain else f"{state} (uncertain: it hangs on which source is right)"


def _roles(roles: Sequence[RoleScore]) -> Table:
    columns = (
        Column(heading="ROLE", is_whole=True), Column(heading="NAME"), Column(heading="ACTS", gives_way=1),
        Column(heading="LATE STEPS", gives_way=3), Column(heading="FORGOTTEN", gives_way=4),
        Column(heading="FIRST ACT AFTER IT WAS KNOWN", gives_way=2), Column(heading="REFUSED", gives_way=5),
    )  # fmt: skip
    rows = []
    for role in roles:
        late = ", ".join(f"{step} ({duration_words(length)})" for step, length in role.late_steps.items())
        first = duration_words(role.first_act_after_known) if role.first_act_after_known is not None else "-"
        gone = ", ".join(dict.fromkeys((*role.forgotten_steps, *role.left_out)))
        refused = "; ".join(f"{moment}: {printable(why, longest=120)}" for moment, why in role.refused.items())
        acts = f"{role.done}, agreed to {len(role.agreed)}" if role.agreed else str(role.done)
        rows.append((role.role, printable(role.name), acts, late or "-", gone or "-", first, refused or "-"))
    return Table(columns=columns, rows=tuple(rows), title="DRILL: roles")


def _injects(card: Scorecard) -> Table:
    columns = (
        Column(heading="WHEN", is_whole=True), Column(heading="WHAT"), Column(heading="ROLE", gives_way=1),
        Column(heading="FIRST ACT AFTER", gives_way=2),
    )  # fmt: skip
    rows = [
        (local(inject.at, card.zone), printable(inject.title, longest=80), inject.role, _answer(inject))
        for inject in card.injects
    ]
    return Table(columns=columns, rows=tuple(rows), title="DRILL: injects")


def _answer(inject_score: InjectScore) -> str:
    if inject_score.first_act_after is None:
        return "none"
    return f"{duration_words(inject_score.first_act_after)}: {printable(inject_score.first_act, longest=60)}"


def local(moment: datetime, zone: str) -> str:
    """`Thu 2019-05-23 09:30 +08:00`."""
    at = moment.astimezone(zone_of(zone))
    return f"{at:%a %Y-%m-%d %H:%M} {at.isoformat()[-6:]}"


def scenario_lines(found: Scenario) -> Iterator[str]:
    """What is known of the real incident and who tells it, what is invented, and what the team does."""
    yield found.title
    yield f"{found.scenario}, version {found.version}, facts checked on {found.verified_on}"
    yield ""
    yield from (f"  {line}" for line in found.about)
    yield from ("", "Known of the real incident")
    yield from (f"  {_fact(fact)}" for fact in found.facts)
    yield from ("", "Sources")
    for name, source in found.sources.items():
        read = {"whole": "read", "in_part": "read in part", "not": "not read"}[source.read]
        yield f"  {name}: {source.name}, {read}{f' <{source.url}>' if source.url else ''}"
    yield from ("", "The law of its day")
    yield from (f"  {line}" for line in found.law_of_the_day)
    yield from ("", f"Played with {found.playbook}, from {found.begins_at} to {found.ends_at}, {found.zone}")
    yield from (f"  {role}: {name}" for role, name in found.cast.items())
    yield from ("", "What happens", f"  {found.known.at}  {found.known.by} {found.known.how}  [known]")
    yield from (f"  {_inject(name, inject)}" for name, inject in found.injects.items())
    yield from ("", "What the team does beyond the playbook, when nobody is asked")
    yield from (f"  {_act(name, act)}" for name, act in found.acts.items())


def scenario_row(scenario: Scenario) -> Iterator[str]:
    """One scenario of a list: what it is called, how long it lasts, what it practises."""
    yield f"{scenario.scenario}, version {scenario.version}: {scenario.title}"
    yield f"  {counted(_days(scenario), 'day')}, {counted(len(scenario.injects), 'inject')}, {scenario.playbook}"
    yield from (f"  {line}" for line in scenario.about)


def scenario_json(scenario: Scenario) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "scenario": scenario.scenario, "version": scenario.version, "title": scenario.title,
        "playbook": scenario.playbook,
        "days": _days(scenario), "injects": len(scenario.injects), "about": list(scenario.about),
    }  # fmt: skip


def board_json(board: Board) -> dict[str, Any]:
    """Where a drill stands that people play, as they may see it."""
    scenario = board.scenario
    return {
        "scenario": scenario.scenario, "title": scenario.title, "zone": scenario.zone, "now": to_z(board.now),
        "begins_at": to_z(begins_at(scenario)), "ends_at": to_z(ends_at(scenario)),
        "incident": board.incident or None, "cast": dict(scenario.cast), "left": board.left, "ended": board.is_ended,
        "told": [
            {
                "at": to_z(inject.at), "title": inject.inject.title, "text": list(inject.inject.text),
                "to": list(inject.inject.to), "prevented": inject.is_gone,
            }
            for inject in board.told
        ],
    }  # fmt: skip


def _days(scenario: Scenario) -> int:
    return (ends_at(scenario) - begins_at(scenario)).days


def _fact(fact: Fact) -> str:
    return (
        f"{fact.what} [unknown: {fact.unknown}]"
        if fact.unknown is not None
        else f"{fact.what} [{', '.join(fact.source)}]"
    )


def _inject(name: str, inject: Inject) -> str:
    whence = f"invented: {inject.invented}" if inject.invented is not None else ", ".join(inject.source)
    return f"{inject.at}  {inject.title}  [{name}; {whence}]"


def _act(name: str, act: Action) -> str:
    when = act.at or f"{act.in_ or 'at once'} after {', '.join(act.after) or 'its turn'}"
    return f"{name}: {act.role or 'the owner'} {act_title(act)}, {when}"
