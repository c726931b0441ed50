"""Who is on call, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.clocks.times import local_words
from leakguard.frozen import as_dict
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.accounts.rosters import Shift
    from leakguard.alerts.readiness import NotReady
    from leakguard.use_cases.accounts.rosters import KnownRoster


def oncall_lines(known: KnownRoster, now: datetime, until: datetime, zone: str) -> Iterator[str]:
    """Who holds each role now and who gets its alerts next, and the shifts ahead."""
    for role in roles_of(known):
        calls = known.roster.calls(role, now)
        after = f"; then {', '.join(_name(known, word) for word in calls[1:])}" if calls[1:] else ""
        yield f"{role}: {_name(known, calls[0]) if calls[0] else 'nobody'}{after}"
    shifts = _ahead(known, now, until)
    if shifts:
        yield ""
    for shift in shifts:
        yield shift_line(known, shift, zone)


def shift_line(known: KnownRoster, shift: Shift, zone: str) -> str:
    """`commander: Li Wei, from ... until ... (calendar)`."""
    people = ", ".join(_name(known, word) for word in shift.people) or "nobody"
    end = f"until {local_words(shift.end, zone)}" if shift.end is not None else "until another shift is set"
    return f"{shift.role}: {people}, from {local_words(shift.start, zone)} {end} ({shift.source.value})"


def oncall_json(
    known: KnownRoster, now: datetime, until: datetime, problems: Sequence[NotReady] = ()
) -> dict[str, Any]:
    """The same for a program."""
    return {
        "at": to_z(now),
        "roles": [
            {
                "role": role,
                "holders": [_person(known, holder.word) for holder in known.holders(role, now)],
                "calls": [_person(known, word) if word else None for word in known.roster.calls(role, now)],
            }
            for role in roles_of(known)
        ],
        "shifts": [shift_json(known, shift) for shift in _ahead(known, now, until)],
        "problems": [as_dict(problem) for problem in problems],
    }


def shift_json(known: KnownRoster, shift: Shift) -> dict[str, Any]:
    """One shift."""
    return {
        "role": shift.role, "people": [_person(known, word) for word in shift.people], "from": to_z(shift.start),
        "until": to_z(shift.end) if shift.end is not None else None, "source": shift.source.value,
    }  # fmt: skip


def roles_of(known: KnownRoster) -> tuple[str, ...]:
    """Every role of the roster, once however it is written."""
    shifts = (*known.roster.set, *known.roster.calendar)
    found = {shift.role.casefold(): shift.role for shift in reversed(shifts)}
    return tuple(sorted(found.values()))


def _ahead(known: KnownRoster, now: datetime, until: datetime) -> list[Shift]:
    shifts = (*known.roster.set, *known.roster.calendar)
    found = [shift for shift in shifts if shift.start < until and (shift.end is None or shift.end > now)]
    return sorted(found, key=lambda shift: (shift.start, shift.role))


def _name(known: KnownRoster, word: str) -> str:
    named = known.people[word]
    return f"{printable(named.name)}{' (no account)' if named.person is None else ''}"


def _person(known: KnownRoster, word: str) -> dict[str, Any]:
    named = known.people[word]
    return {"id": named.actor or None, "name": named.name, "reached": not named.why_unreached}
