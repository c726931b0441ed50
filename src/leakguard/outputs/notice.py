"""What a notice lacks, what to find out next, and what was promised, for a person at 80 columns and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.clocks.times import rfc3339
from leakguard.models.moments import to_z
from leakguard.models.texts import FROM_MEMORY
from leakguard.notices.assess import sourced
from leakguard.notices.duties import Duty
from leakguard.notices.filings import OpenItem
from leakguard.notices.first_notices import FirstNotice
from leakguard.notices.first_notices import to_json_object as notice_json
from leakguard.notices.place_states import PlaceRow, row_json
from leakguard.notices.questions import Question
from leakguard.notices.questions import to_json_object as question_json
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.edpb import form_json, form_lines
from leakguard.outputs.provenance import provenance_lines
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.assess_notices import CheckedNotice

if TYPE_CHECKING:
    from leakguard.notices.completeness import Completeness

_MOST_NOTICES = 3


def set_in(text: str, columns: int) -> str:
    """A line that is set in; whoever prints it breaks it for the width of the terminal."""
    return f"{' ' * columns}{printable(text, longest=2000)}"


def question_lines(questions: Sequence[Question]) -> Iterator[str]:
    """The next question first, then the others."""
    if not questions:
        yield "No open duty lacks a fact."
        return
    for number, question in enumerate(questions):
        yield "Find out next:" if number == 0 else "Then:" if number == 1 else ""
        answers = f" ({' or '.join(question.options)})" if question.options else ""
        yield set_in(f"{question.fact}{answers}: {question.asks}", 2)
        for why in question.unclear:
            yield set_in(f"what was stated is not enough: {why}", 6)
        if question.answer:
            yield set_in(question.answer, 6)
        memory = f" ({FROM_MEMORY})" if question.is_from_memory else ""
        limit = f"limit {rfc3339(question.deadline)}{memory}; " if question.deadline else ""
        yield set_in(f"{limit}needed by {', '.join(question.duties)}", 6)


def first_notice_lines(notices: Sequence[FirstNotice], arguments: str, *, has_reason: bool) -> Iterator[str]:
    """The commands that draft the first notices, the most urgent first; `arguments` name the facts."""
    if not notices:
        return
    yield "First notices that can be drafted from what is known now:"
    for notice in notices[:_MOST_NOTICES]:
        yield f"  leakguard notice draft {arguments} --duty {notice.duty} --stage {notice.stage}"
        limit = f"limit {rfc3339(notice.limit)}" if notice.limit is not None else "no limit runs"
        yield set_in(f"{limit}; applies if: {', '.join(notice.missing)}" if notice.missing else limit, 6)
    left = len(notices) - _MOST_NOTICES
    if left > 0:
        yield set_in(f"{left} more: --format json", 2)
    if not has_reason:
        yield set_in('What is open needs a reason: state one for all of it, such as `not_known_yet: "..."`.', 2)


def source_lines(duty: Duty, indent: int) -> Iterator[str]:
    """When the rule was checked, how sure we are of it, what is still to be verified, and where it stands."""
    unverified = f"; to be verified: {', '.join(duty.verify_fields)}" if duty.verify_fields else ""
    yield set_in(f"rule checked on {duty.verified_on}, {duty.confidence}{unverified}", indent)
    yield f"{' ' * indent}source ({duty.source_kind}): {printable(duty.source_url, longest=300)}"
    yield from (set_in(line, indent) for line in provenance_lines(duty))


def completeness_lines(found: Completeness, vocabulary: Vocabulary) -> Iterator[str]:
    """One line an item, with what it is called."""
    yield f"{found.duty}: {'complete' if found.is_complete else 'not complete'}"
    parts = (
        ("missing", found.missing),
        ("must not be said", found.forbidden_present),
        ("told as not known yet", found.said_as_unknown),
        ("does not apply", found.not_applicable),
        ("needed if its condition holds, which the facts do not tell", found.undecided),
        ("recommended, not stated", found.recommended),
        ("may be left out, not stated", found.optional),
    )
    for title, items in parts:
        if items:
            yield f"  {title}:"
            yield from (f"    {item}  ({vocabulary.facts[item].en})" for item in items)
    for withheld in found.withheld:
        yield set_in(
            f"not offered here: {withheld.remedy} ({vocabulary.content_items[withheld.remedy].en}): {withheld.reason}",
            2,
        )
    for problem in found.format_problems:
        yield set_in(f"form: {problem}", 2)


def open_item_json(item: OpenItem) -> dict[str, str]:
    """What was promised and not told yet, as plain values."""
    return {
        "duty": item.duty,
        "item": item.item,
        "event": item.event,
        "stage": item.stage,
        "promised_at": to_z(item.promised_at),
    }


def checked_lines(checked: CheckedNotice, vocabulary: Vocabulary, file: str) -> Iterator[str]:
    """What a notice lacks, and the rule that its contents rest on; `file` has the facts."""
    yield from completeness_lines(checked.found, vocabulary)
    if checked.form is not None:
        yield from form_lines(checked.form, file)
    if checked.duty is not None:
        if checked.is_dormant:
            yield "  this text was not law on the day of the incident: see `leakguard notice assess`"
        yield from source_lines(checked.duty, 2)


def checked_json(checked: CheckedNotice) -> dict[str, Any]:
    """The same as plain values."""
    from leakguard.notices.completeness import to_json_object as completeness_json  # noqa: PLC0415  (most need none)

    rule = {} if checked.duty is None else {**sourced(checked.duty), "dormant": checked.is_dormant}
    return {**completeness_json(checked.found), **form_json(checked.form), **rule}


def questions_json(
    questions: Sequence[Question], places: Sequence[PlaceRow], notices: Sequence[FirstNotice]
) -> dict[str, Any]:
    """The next question, all of them, each place and role with what is known of its law, and the first notices."""
    asked = [question_json(question) for question in questions]
    return {
        "next": asked[0] if asked else None,
        "questions": asked,
        "places": [row_json(row) for row in places],
        "first_notices": [notice_json(notice) for notice in notices],
    }
