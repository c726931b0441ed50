"""What the statutes demand of each letter, and what readers must find in the letters of four cases.

The table (`expected/letters.yaml`) was written from the statutes before any letter was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.typography import shown_addressee
from leakguard.errors import LeakGuardError
from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Heading, Letter, Numbered, as_sent
from leakguard.notices.book import read_facts
from leakguard.notices.completeness import ItemStanding, item_standings
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.joining import Package, package_of
from leakguard.use_cases.letters.draft_notices import draft_letter, draft_notice
from support.each import for_each
from support.expected import FOLDER, moment, table
from support.notices import book, facts_of

pytestmark = pytest.mark.untraced

Row = dict[str, Any]
TABLE: Row = table("letters.yaml")
STATED = frozenset[ItemStanding]({"missing", "present", "said"})
"""Standings of an item that the letter may not leave out."""
EXAMPLE = "examples/university-2019.yaml"
STAGES: Sequence[str | None] = (None,)
_JOINED = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})
"""What holds a line together, as a reader sees it."""


class Expected(NamedTuple):
    """One row of the table, for one duty at one stage."""

    duty: Duty
    stage: str | None
    row: Row

    def __str__(self) -> str:
        return f"{self.duty.id} {self.stage or 'whole'}"


def _rows() -> Iterator[Expected]:
    for row in TABLE["rows"]:
        for name in (row["duty"], *row.get("also", ())):
            for stage in row.get("stages", STAGES):
                yield Expected(book().duty(name), stage, row)


ROWS = tuple(_rows())
ITEMS = [(one, item) for one in ROWS for item in one.row["items"]]


def names_of(item: Row) -> list[str]:
    found = item["item"]
    return [found] if isinstance(found, str) else list(found)


def bare(one: Expected, **facts: object) -> Facts:
    """A facts file that states nothing but what is given."""
    values = {
        "incident": "IR-2026-0001",
        "organisation": {"name": "Example Organisation", "role": "controller", "country": "DE"},
        "obligated_as": [one.duty.obligated[0]],
        "facts": facts,
    }
    return facts_of(values)


def statuses(one: Expected, facts: Facts, *, is_late: bool | None = None) -> dict[str, ItemStanding]:
    return item_standings(one.duty, facts, one.stage, book().vocabulary, is_late=is_late)


def told(one: Expected, item: Row, facts: Facts, *, is_late: bool | None = None) -> str:
    """How the item stands, or the first of several that does not go without; empty where the duty has none of them."""
    found = statuses(one, facts, is_late=is_late)
    answers = [found[name] for name in names_of(item) if name in found]
    return next((answer for answer in answers if answer in STATED), answers[0] if answers else "")


def _title(case: tuple[Expected, Row]) -> str:
    return f"{case[0]} {case[1]['item']}"


@for_each("one, item", ITEMS, ids=[_title(case) for case in ITEMS])
def test_a_letter_has_every_item_that_the_statute_demands(one: Expected, item: Row) -> None:
    if item["needs"] in {"required", "known"}:
        assert told(one, item, bare(one)) in STATED, item["says"]
    elif item["needs"] == "given":
        facts = {name: {"value": value} for name, value in item["given"].items()}
        assert told(one, item, bare(one, **facts)) in STATED, item["says"]
    elif item["needs"] == "late":
        assert told(one, item, bare(one), is_late=True) in STATED, item["says"]
    elif item["needs"] == "later" and not one.duty.opens_with(one.stage):
        assert told(one, item, bare(one)) in STATED, item["says"]


KNOWN = [(one, item) for one, item in ITEMS if item["needs"] in {"known", "later"}]


@for_each("one, item", KNOWN, ids=[_title(case) for case in KNOWN])
def test_what_the_statute_wants_as_far_as_it_is_known_may_be_told_as_unknown_with_the_reason(
    one: Expected, item: Row
) -> None:
    unknown = "the logs are still being read"
    facts = {name: {"unknown": unknown} for name in names_of(item) if name != "org_identity"}
    assert told(one, item, bare(one, **facts)) in {"said", "present"}, item["says"]


LATE = [(one, item) for one, item in ITEMS if item["needs"] == "late"]


@for_each("one, item", LATE, ids=[_title(case) for case in LATE])
def test_a_reason_for_a_delay_is_asked_for_in_a_late_letter_only(one: Expected, item: Row) -> None:
    assert told(one, item, bare(one), is_late=False) == "not_needed", item["says"]


OPTIONAL = [(one, item) for one, item in ITEMS if item["needs"] == "optional" and "or" not in item]


def test_what_the_statute_leaves_to_the_writer_is_not_demanded() -> None:
    asked = [_title((one, item)) for one, item in OPTIONAL if told(one, item, bare(one)) in STATED]
    assert asked == []


NOT_YET = [(one, name) for one in ROWS for name in one.row.get("not_yet", ())]


@for_each("one, name", NOT_YET, ids=[f"{one} {name}" for one, name in NOT_YET])
def test_an_early_stage_does_not_demand_what_the_statute_wants_later(one: Expected, name: str) -> None:
    assert statuses(one, bare(one)).get(name, "") not in STATED


FORBIDDEN = [(one, name) for one in ROWS for name in one.row.get("must_not", ())]


@for_each("one, name", FORBIDDEN, ids=[f"{one} {name}" for one, name in FORBIDDEN])
def test_what_the_statute_forbids_to_tell_is_refused(one: Expected, name: str) -> None:
    assert name in one.duty.must_not_contain
    assert name not in statuses(one, bare(one))


PLACELESS = [(one, name) for one in ROWS for name in one.row.get("must_not_ask", ())]


@for_each("one, name", PLACELESS, ids=[f"{one} {name}" for one, name in PLACELESS])
def test_a_letter_has_no_place_for_what_would_tell_the_forbidden(one: Expected, name: str) -> None:
    assert name not in statuses(one, bare(one))


ORDERED = [one for one in ROWS if "order" in one.row]


@for_each("one", ORDERED, ids=str)
def test_the_items_follow_the_order_of_the_statute(one: Expected) -> None:
    found = list(statuses(one, bare(one)))
    wanted = [name for name in one.row["order"] if name in found]
    assert sorted(wanted, key=found.index) == wanted


FORMED = [one for one in ROWS if one.row.keys() & {"title", "headings", "least_points", "months"}]


@for_each("one", FORMED, ids=str)
def test_title_headings_sizes_and_times_of_the_statute_are_rules_of_the_letter(one: Expected) -> None:
    rules = one.duty.format_rules
    if "title" in one.row:
        assert one.row["title"] in {rule.title for rule in rules}
    if "headings" in one.row:
        assert tuple(one.row["headings"]) in {rule.headings for rule in rules}
    if "least_points" in one.row:
        assert max((rule.least_points or 0 for rule in rules), default=0) >= one.row["least_points"]
    if "months" in one.row:
        assert max((rule.least_months or 0 for rule in rules), default=0) == one.row["months"]


SPOKEN = [one for one in ROWS if "language" in one.row]


@for_each("one", SPOKEN, ids=str)
def test_a_letter_knows_the_language_that_its_reader_takes(one: Expected) -> None:
    assert set(one.row["language"]) <= set(one.duty.language.codes)


class Case(NamedTuple):
    """One letter of one case."""

    name: str
    letter: Row

    def __str__(self) -> str:
        return " ".join((self.name, self.letter["duty"], self.letter.get("stage", ""), self.letter["lang"]))


CASES = [Case(name, letter) for name, case in TABLE["cases"].items() for letter in case["letters"]]


@cache
def facts_of_case(name: str) -> Facts:
    case = TABLE["cases"][name]
    path = FOLDER / "letters" / f"{case['facts']}.yaml"
    text = BundledFiles().text("templates", EXAMPLE) if case["facts"] == "example" else path.read_text(encoding="utf-8")
    return read_facts(text, name=path.name, book=book(), now=moment(case["now"]))


@cache
def letter_of_case(name: str, duty: str, stage: str | None, lang: Lang) -> Letter:
    now = moment(TABLE["cases"][name]["now"])
    return as_sent(draft_letter(book(), BundledFiles(), facts_of_case(name), duty, lang=lang, now=now, stage=stage))


def drafted(case: Case) -> Letter:
    one = case.letter
    return letter_of_case(case.name, one["duty"], one.get("stage"), one["lang"])


def words_of(letter: Letter) -> str:
    """All that stands on the pages, each part on a line of its own."""
    parts = [*letter.sender, *shown_addressee(letter), letter.date_line, letter.reference, letter.title]
    parts.append(letter.salutation)
    for block in letter.blocks:
        if isinstance(block, Fields):
            parts += [f"{label}: {text}" for label, text in block.rows]
        elif isinstance(block, Numbered):
            parts += block.entries
        else:
            parts.append(block.text)
    return "\n".join((*parts, letter.closing, *letter.signature, *letter.footer)).translate(_JOINED)


def refusal(case: Case) -> str:
    """Why the letter cannot be written; empty where it can."""
    try:
        drafted(case)
    except LeakGuardError as error:
        return str(error)
    return ""


@for_each("case", CASES, ids=str)
def test_a_letter_can_be_written_in_the_language_of_its_reader(case: Case) -> None:
    assert refusal(case) == ""


def listed(row: Row, name: str) -> list[Row]:
    """A list of a letter, or the one that several share."""
    found = row.get(name, [])
    return list(TABLE["shared"][found] if isinstance(found, str) else found)


def unmet(row: Row, letter: Letter) -> Iterator[str]:
    """What a reader must find and does not, and what he meets and must not."""
    text = words_of(letter)
    for one in (*listed(row, "finds"), *listed(row, "also_finds")):
        if not re.search(one["matches"], text, re.IGNORECASE):
            yield f"misses: {one['reader']}"
    for one in listed(row, "never"):
        if found := re.search(one["matches"], text):
            yield f"tells `{found[0]}`: {one['reader']}"


@for_each("case", CASES, ids=str)
def test_a_reader_finds_what_the_letter_must_say_and_nothing_that_it_must_not(case: Case) -> None:
    if refusal(case):
        return  # the test above tells it
    assert list(unmet(case.letter, drafted(case))) == []


@for_each("case", [case for case in CASES if "headings" in case.letter], ids=str)
def test_prescribed_headings_stand_in_the_letter_in_their_order(case: Case) -> None:
    letter = drafted(case)
    assert letter.title.casefold() == case.letter["title"].casefold()
    headings = [block.text for block in letter.blocks if isinstance(block, Heading)]
    places = [headings.index(heading) for heading in case.letter["headings"]]
    assert all(first < second for first, second in pairwise(places))


PACKAGES = list(TABLE["packages"])


@cache
def package_of_case(name: str) -> Package:
    duties = [book().duty(duty) for duty in TABLE["packages"][name]["duties"]]
    return package_of(duties, book().vocabulary, law="us")


@for_each("name", PACKAGES)
def test_states_share_a_letter_unless_a_law_forbids_it(name: str) -> None:
    row = TABLE["packages"][name]
    joined = {duty.id for duty in package_of_case(name).shared}
    assert joined == set(row["joined"])


@for_each("name", PACKAGES)
def test_everybody_in_a_package_is_offered_the_same_help_and_told_what_his_law_demands(name: str) -> None:
    row, package, now = TABLE["packages"][name], package_of_case(name), moment(TABLE["cases"][name]["now"])
    assert package.joined is not None
    notices = [(row["together"], package.joined), *((row["apart"], notice) for notice in package.apart)]
    facts = facts_of_case(name)
    letters = [
        (one, draft_notice(book(), BundledFiles(), facts, told, lang=row["lang"], now=now)) for one, told in notices
    ]
    found = {letter.duty: list(unmet(one, as_sent(letter))) for one, letter in letters}
    assert found == {duty: [] for duty in found}
