"""A seat without a known rule: nothing of its law is watched, and nobody may take that for order."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.alerts.readiness import LAWLESS, NotReady
from leakguard.notices.book import DutyBook
from leakguard.notices.duty_rows import Rows
from leakguard.notices.place_book import PlaceBook
from leakguard.use_cases.incidents.incident_rules import Reach
from leakguard.use_cases.incidents.watched_laws import LawBook


def seat_problems(reach: Reach, rows: Rows, duties: Callable[[], DutyBook]) -> tuple[NotReady, ...]:
    """One for each place of the seat of which no duty is known; none for one whose law was read and has none.

    Settings that name laws decide by themselves: there is no seat to follow then. `duties` are read where one lacks.
    """
    seat, known = reach.seat, LawBook(rows.rows, rows.vocabulary).map
    without = [code for code in seat.codes if not known.laws_at(code)] if seat is not None else []
    if seat is None or not without:
        return ()
    places = duties().places
    return tuple(_problem(code, seat.by) for code in without if not _is_without_duty(code, reach, places))


def _is_without_duty(code: str, reach: Reach, places: PlaceBook) -> bool:
    """Whether the law of the place was read, and sets no duty for what the organisation is."""
    return any(
        absence.recipient is None
        and absence.place == code.partition("-")[0]
        and (not reach.obligated_as or reach.obligated_as & set(absence.roles))
        for absence in places.absences
    )


def _problem(code: str, by: str) -> NotReady:
    return NotReady(
        kind=LAWLESS,
        text=f"no clock of a law is watched for the seat {code} ({by}): no rule is known for it",
        next_step='Ask its law. Then write whose laws count into leakguard.toml, such as laws = "eu", or "all"; '
        "a duty of your own can go into the folder of `duties`.",
    )
