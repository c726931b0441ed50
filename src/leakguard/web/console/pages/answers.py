"""What a person filled in for a step, as the operation takes it: answers by their type, evidence by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.errors import UsageProblem
from leakguard.web.console.pages.moments import on_clock

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

ANSWER, PROOF, FILE = "answer-", "proof-", "file-"
"""How the fields of a step's form begin, before the name of the question or of the piece of evidence."""
DAY, TIME = "-day", "-time"
"""How the two fields of one time end."""


def answers_of(desk: Desk, form: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Every question that was answered."""
    found = {name: _answer(desk, f"{ANSWER}{name}", field["type"]) for name, field in form.items()}
    return {name: value for name, value in found.items() if value is not None and value != ""}


def _answer(desk: Desk, name: str, kind: str) -> Any:  # noqa: ANN401  (one of the types of a form)
    text = desk.one(name)
    if kind == "list":
        return [line.strip() for line in text.splitlines() if line.strip()] or None
    if kind == "number":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text  # noqa: PLR2004  (digits)
    if kind == "time":
        return moment_of(desk, name)
    return text


def moment_of(desk: Desk, name: str) -> str | Mapping[str, str] | None:
    """A day with a time, or the whole day, in the reader's zone; `None` where no day was given.

    Raises `UsageProblem` for what is no day or no time.
    """
    day, hour = desk.one(f"{name}{DAY}"), desk.one(f"{name}{TIME}")
    if not day:
        if hour:
            raise UsageProblem("a time needs its day", next_step="Give the day as well.")
        return None
    try:
        first = datetime.combine(datetime.fromisoformat(day).date(), time.fromisoformat(hour or "00:00"), desk.zone)
        first = on_clock(first, desk.zone) if hour else first
    except ValueError as error:
        raise UsageProblem(
            "that is no day and time of the calendar", next_step="Choose both from the fields."
        ) from error
    if hour:
        return _utc(first)
    return {"earliest": _utc(first), "latest": _utc(first + timedelta(days=1, seconds=-1))}


def stated_moment(desk: Desk, name: str) -> str | None:
    """The same as an operation takes it in one text: `EARLIEST..LATEST` for a whole day."""
    found = moment_of(desk, name)
    return f"{found['earliest']}..{found['latest']}" if isinstance(found, Mapping) else found


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def evidence_of(desk: Desk, names: Sequence[str], *, source: str) -> dict[str, str]:
    """By piece, the item that was chosen, or that the uploaded file has become; what was uploaded stays chosen."""
    given: dict[str, str] = {}
    for name in names:
        item = desk.one(f"{PROOF}{name}")
        for upload in desk.uploads.get(f"{FILE}{name}", ()):
            asked = {"name": upload.name or name, "source": f"{source}, {name}"}
            item = desk.ask("add_evidence", query=asked, upload=upload)["items"][0]["id"]
            desk.form = {**desk.form, f"{PROOF}{name}": [item]}
        if item:
            given[name] = item
    return given
