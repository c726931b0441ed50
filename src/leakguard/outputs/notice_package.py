"""A package of notices: which letter goes to whom, what each law adds, and what is still wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.times import zone_of
from leakguard.models.moments import to_z
from leakguard.models.texts import FROM_MEMORY
from leakguard.notices.assess import Assessment
from leakguard.notices.completeness import withheld_json
from leakguard.notices.joining import Addition
from leakguard.notices.place_states import PlaceRow, row_json
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.terminal import Column, Table
from leakguard.use_cases.letters.notice_package import DraftedPackage

_COLUMNS = (
    Column(heading="DUTY", is_whole=True), Column(heading="DEADLINE", is_whole=True),
    Column(heading="LETTER", is_whole=True), Column(heading="ADDS", gives_way=1), Column(heading="FORM", gives_way=3),
    Column(heading="PROBLEMS", gives_way=2),
)  # fmt: skip


def package_table(found: DraftedPackage, names: Mapping[str, str], deadlines: Mapping[str, datetime | None]) -> Table:
    """A row for each law: its letter by `names`, what it adds, and what is still wrong; the soonest deadline first."""
    problems = {one.duty: one.problems for one in found.checked}
    rows = [
        (
            one.duty.id, _deadline(one, deadlines), names[one.duty.id], ", ".join(one.items), "; ".join(one.form),
            "; ".join(problems[one.duty.id]),
        )
        for one in sorted(found.package.additions, key=lambda one: (_deadline(one, deadlines), one.duty.id))
    ]  # fmt: skip
    return Table(columns=_COLUMNS, rows=tuple(rows))


def _deadline(one: Addition, deadlines: Mapping[str, datetime | None]) -> str:
    """On the wall clock of the place, and what it rests on; where the law gives no number, in words."""
    limit, clock = deadlines.get(one.duty.id), one.duty.phases[0].clock
    if limit is None:
        return f"no fixed day{clock.memory_mark}"
    return f"{limit.astimezone(zone_of(clock.zone or 'UTC')):%Y-%m-%d}{clock.memory_mark}"


def apart_lines(found: DraftedPackage) -> Iterator[str]:
    """The laws that need a letter of their own, and why."""
    apart = [one for one in found.package.additions if one.apart_because]
    if not apart:
        return
    yield "Letters of their own, and why these laws cannot share one:"
    for one in apart:
        yield f"  {one.duty.id}: {'; '.join(one.apart_because)}"


def others_lines(others: tuple[Assessment, ...]) -> Iterator[str]:
    """The duties to offices, agencies and owners that stand beside the letters, the soonest first."""
    if not others:
        return
    yield "Beside the letters to people, these laws ask for:"
    rows = [
        (min((limit for _, one in found.phases if (limit := one.work_by) is not None), default=None), found)
        for found in others
    ]
    for limit, found in sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, row[1].duty.id)):
        note = found.duty.phases[0].note if limit is None else ""
        when = f"{limit:%Y-%m-%d %H:%MZ}" if limit is not None else note or "no fixed time"
        memory = f", {FROM_MEMORY}" if found.duty.deadline_is_from_memory else ""
        yield f"  {found.duty.id}: {found.duty.recipient.name} ({when}{memory})"


def withheld_lines(found: DraftedPackage, vocabulary: Vocabulary) -> Iterator[str]:
    """Who is offered less than others, and why."""
    less = [(one.duty.id, each) for one in found.package.additions for each in one.withheld]
    if not less:
        return
    yield "Offered less than people of other states:"
    for duty, one in less:
        by = f", decided by {one.by}" if one.by else ""
        yield f"  {duty}: no {vocabulary.told[one.remedy].en.lower()}{by}: {one.reason}"


def undecided_lines(undecided: tuple[Assessment, ...]) -> Iterator[str]:
    """Laws that may ask for a letter too, and what decides it."""
    if not undecided:
        return
    yield "These laws may ask for a letter to people as well; no letter here answers them yet:"
    for one in undecided:
        lacks = f"state {', '.join(one.missing_facts)}" if one.missing_facts else one.because
        yield f"  {one.duty.id}: {lacks}"


def package_json(
    found: DraftedPackage, names: Mapping[str, str], deadlines: Mapping[str, datetime | None],
    places: Sequence[PlaceRow],
) -> dict[str, Any]:  # fmt: skip
    """The same as plain values, and each place and role with what is known of its law."""
    problems = {one.duty: one.problems for one in found.checked}
    rows = [
        {
            "duty": one.duty.id,
            "jurisdiction": one.duty.jurisdiction,
            "letter": names[one.duty.id],
            "deadline": limit and to_z(limit),
            "from_memory": one.duty.deadline_is_from_memory,
            "adds": list(one.items),
            "form": list(one.form),
            "apart_because": list(one.apart_because),
            "withheld": [withheld_json(less) for less in one.withheld],
            "problems": list(problems[one.duty.id]),
        }
        for one in found.package.additions
        for limit in (deadlines.get(one.duty.id),)
    ]
    others = [one.duty.id for one in found.others]
    undecided = [{"duty": one.duty.id, "missing_facts": list(one.missing_facts)} for one in found.undecided]
    return {
        "notices": rows, "undecided": undecided, "others": others, "places": [row_json(row) for row in places],
    }  # fmt: skip
