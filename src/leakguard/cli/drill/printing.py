"""How a scorecard is printed, alone or beside another one; every line that could be torn out says DRILL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from leakguard.clocks.times import zone_of
from leakguard.drills.scorecard import ClockScore, InjectScore, RoleScore, Scorecard
from leakguard.models.texts import counted, duration_words
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_STATES = {
    "running": "open", "at_risk": "open, at risk", "due_now": "due now", "overdue": "OVERDUE", "paused": "paused",
    "met_on_time": "met", "met_late": "MET LATE", "missed": "MISSED",
}  # fmt: skip


def print_card(console: Console, card: Scorecard) -> None:
    """One scorecard for a person."""
    console.print(f"[DRILL] {card.title}", style="bold")
    for line in _summary(card):
        console.print(line, soft_wrap=True)
    console.print(_clocks(card))
    console.print(_roles(card.roles))
    if card.injects:
        console.print(_injects(card))


def print_both(console: Console, written: Scorecard, earlier: Scorecard) -> None:
    """What if we had known earlier: both cards, clock by clock."""
    console.print(f"[DRILL] {written.title}: what if we had known earlier", style="bold")
    table = _table("DRILL: clocks", ("clock", "as it was", f"known {duration_words(earlier.known_earlier)} earlier"))
    others = {one.clock: one for one in earlier.clocks}
    for one in written.clocks:
        other = others.pop(one.clock, None)
        table.add_row(printable(one.clock), verdict(one), verdict(other) if other is not None else "not begun")
    for one in others.values():
        table.add_row(printable(one.clock), "not begun", verdict(one))
    for name, pair in _totals(written, earlier).items():
        table.add_row(name, *pair)
    console.print(table)


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
        f"alarms: {messages}, {card.taken} taken over; the ledger {whole} ({card.ledger})",
    )


def _clocks(card: Scorecard) -> Table:
    table = _table("DRILL: clocks", ("clock", "role", "how it stood", "limit", "alarms", "first taken over after"))
    for one in card.clocks:
        limit = local(one.limit, card.zone) if one.limit is not None else "without undue delay"
        taken = duration_words(one.first_taken_after) if one.first_taken_after is not None else "-"
        table.add_row(printable(one.clock), one.role or "-", verdict(one), limit, str(one.alarms), taken)
    return table


def verdict(one: ClockScore) -> str:
    """`met, 8 h 45 min to spare`; and when another source's time would have changed the answer, that."""
    state = _STATES.get(one.state, one.state)
    if one.late_by is not None:
        state = f"{state} by {duration_words(one.late_by)}"
    elif one.margin is not None:
        state = f"{state}, {duration_words(one.margin)} to spare"
    elif one.took is not None:
        state = f"{state} after {duration_words(one.took)}"
    return state if one.is_certain else f"{state} (uncertain: it hangs on which source is right)"


def _roles(roles: Sequence[RoleScore]) -> Table:
    heads = ("role", "name", "acts", "first act after it was known", "late steps", "forgotten", "refused")
    table = _table("DRILL: roles", heads)
    for one in roles:
        late = ", ".join(f"{step} ({duration_words(length)})" for step, length in one.late_steps.items())
        first = duration_words(one.first_act_after_known) if one.first_act_after_known is not None else "-"
        gone = ", ".join(dict.fromkeys((*one.forgotten_steps, *one.left_out)))
        refused = "; ".join(f"{moment}: {printable(why, longest=120)}" for moment, why in one.refused.items())
        acts = f"{one.done}, agreed to {len(one.agreed)}" if one.agreed else str(one.done)
        table.add_row(one.role, printable(one.name), acts, first, late or "-", gone or "-", refused or "-")
    return table


def _injects(card: Scorecard) -> Table:
    table = _table("DRILL: injects", ("when", "what", "role", "first act after"))
    for one in card.injects:
        table.add_row(local(one.at, card.zone), printable(one.title, longest=80), one.role, _answer(one))
    return table


def _answer(one: InjectScore) -> str:
    if one.first_act_after is None:
        return "none"
    return f"{duration_words(one.first_act_after)}: {printable(one.first_act, longest=60)}"


def _table(title: str, heads: Sequence[str]) -> Table:
    from rich.table import Table  # noqa: PLC0415  (`--help` must not load it)

    table = Table(title=title, title_justify="left", show_lines=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def local(moment: datetime, zone: str) -> str:
    """`Thu 2019-05-23 09:30 +08:00`."""
    at = moment.astimezone(zone_of(zone))
    return f"{at:%a %Y-%m-%d %H:%M} {at.isoformat()[-6:]}"
