"""The duties of a book as a table and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.frozen import as_dict
from leakguard.models.texts import counted
from leakguard.notices.duties import Duty
from leakguard.notices.place_states import PlaceRow, PlaceState, row_json
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.terminal import Column, Table
from leakguard.use_cases.letters.look_up_duties import LintResult

_COLUMNS = (
    Column(heading="ID", is_whole=True), Column(heading="JURISDICTION", gives_way=1),
    Column(heading="STATUS", gives_way=2), Column(heading="TO", gives_way=3), Column(heading="LAW", gives_way=5),
    Column(heading="CONFIDENCE", gives_way=4),
)  # fmt: skip


def duties_table(duties: Sequence[Duty]) -> Table:
    """A row a duty; what is not law is told by its status."""
    rows = [
        (duty.id, duty.jurisdiction, duty.status, duty.recipient.type, duty.law, duty.confidence) for duty in duties
    ]
    return Table(columns=_COLUMNS, rows=tuple(rows))


def duty_json(duty: Duty) -> dict[str, object]:
    """One duty of a list as plain values."""
    return {
        "id": duty.id,
        "jurisdiction": duty.jurisdiction,
        "law": duty.law,
        "article": duty.article,
        "status": duty.status,
        "in_force_from": duty.in_force_from and duty.in_force_from.isoformat(),
        "in_force_to": duty.in_force_to and duty.in_force_to.isoformat(),
        "recipient": {"type": duty.recipient.type, "name": duty.recipient.name},
        "soft": duty.soft,
        "source_kind": duty.source_kind,
        "verified_on": duty.verified_on.isoformat(),
        "confidence": duty.confidence,
    }


_PLACE_COLUMNS = (
    Column(heading="PLACE", is_whole=True), Column(heading="NAME", gives_way=1), Column(heading="ROLE"),
    Column(heading="STATE", is_whole=True), Column(heading="DUTIES", is_number=True),
    Column(heading="WHAT WAS READ OR TRIED", gives_way=2),
)  # fmt: skip


def places_table(rows: Sequence[PlaceRow], vocabulary: Vocabulary) -> Table:
    """A row a place and role; where there is no rule, what was read or tried, and on which day."""
    cells = [
        (
            row.place, vocabulary.place_words(row.place, "en"), row.role, row.state.value, str(len(row.duties)),
            f"{row.text}{f' ({row.on})' if row.on else ''}",
        )
        for row in rows
    ]  # fmt: skip
    return Table(columns=_PLACE_COLUMNS, rows=tuple(cells))


def places_json(rows: Sequence[PlaceRow]) -> dict[str, object]:
    """The rows as plain values."""
    return {"places": [row_json(row) for row in rows]}


def place_counts(rows: Sequence[PlaceRow]) -> str:
    """How many rows have which state."""
    tally = ", ".join(f"{sum(row.state is state for row in rows)} {state.value}" for state in PlaceState)
    return f"{counted(len(rows), 'row')}: {tally}."


_NAMED = 3
"""Duties that a remark names; all of them stand in the JSON."""


def linted_lines(found: LintResult) -> Iterator[str]:
    """A line a problem, a line a kind of remark, and at the end how much was checked."""
    for name, problem in found.problems:
        yield f"{name}: {problem}"
    for remark in found.remarks:
        more = len(remark.duties) - _NAMED
        named = ", ".join(remark.duties[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield f"remark: {counted(len(remark.duties), 'duty', 'duties')} {remark.remark.words}: {named}"
    looked = f"{counted(found.duties, 'duty', 'duties')} in {counted(found.files, 'file')}"
    yield f"{looked}: {counted(len(found.problems), 'problem') if found.problems else 'no problem'}"


def linted_json(found: LintResult) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "problems": [{"file": name, **as_dict(problem)} for name, problem in found.problems],
        "remarks": [{"remark": remark.remark.value, "duties": list(remark.duties)} for remark in found.remarks],
        "duties": found.duties,
        "files": found.files,
    }
