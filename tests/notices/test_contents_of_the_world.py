"""What notices of further Asia, the Middle East, Africa and the Americas must say, and what they must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.models.letters import Heading
from leakguard.notices.completeness import check
from leakguard.notices.data_effects import PLACES, effects_of
from leakguard.notices.fact_values import Contact, LocalisedText, Span
from leakguard.notices.facts import Fact, Facts, FactState, Organisation
from support.notices import book, complete, facts_of, letter_of

TABLE: dict[str, Any] = read_yaml(
    Path(__file__).with_name("boundaries_world.yaml").read_text(encoding="utf-8"), name="boundaries"
).value
ALL = sorted(
    {row["duty"] for row in TABLE["rows"]} | set(TABLE["no_fixed_limit"]) | {r["duty"] for r in TABLE["limits"]}
)
ALL += TABLE["dormant"]


def everything_said() -> Facts:
    """Each content item of the vocabulary, stated once, with a text of its own."""
    words = book().vocabulary
    stated = {name: fact(name, kind.kind) for name, kind in words.items.items()}
    for name in ("data_categories", "data_elements_specific"):
        kinds = ("identification_number.us_ssn", "credentials.password")
        stated[name] = Fact(name=name, state=FactState.KNOWN, value=kinds)
    for name in facts_of_nature():
        stated[name] = Fact(name=name, state=FactState.UNKNOWN, reason=text(f"<{name}>"))
    return Facts(incident="i", organisation=Organisation(name=text("Example")), obligated_as=(), stated=stated)


def facts_of_nature() -> tuple[str, ...]:
    """What happened to the data, and where the people live: letters to authorities tell it beside their items."""
    return (*(one.fact for one in effects_of(facts_of())), PLACES)


def text(words: str) -> LocalisedText:
    return LocalisedText(texts={"en": words, "zh": words})


def fact(name: str, kind: str) -> Fact:
    value: Any = {"count": Span(low=5, high=5), "contact": Contact(ways=("a@b.example",))}.get(
        kind, (text(f"<{name}>"),)
    )
    return Fact(name=name, state=FactState.KNOWN, value=value)


@pytest.mark.parametrize("duty", ALL)
def test_an_item_that_is_deleted_is_named(duty: str) -> None:
    whole = everything_said()
    before = check(book().duty(duty), whole, None, book().vocabulary, is_late=True)
    assert before.missing == before.undecided == ()
    for item, required, other in ((one.item, one.required, one.or_) for one in book().duty(duty).content):
        # The organisation's own entry answers its name; where the law takes another item as well, that one answers.
        answered = item == "org_identity" or bool(other)
        less = replace(whole, stated={name: one for name, one in whole.stated.items() if name != item})
        after = check(book().duty(duty), less, None, book().vocabulary, is_late=True)

        assert after.missing == (() if answered or required in {"optional", "recommended"} else (item,))
        assert after.recommended == ((item,) if required == "recommended" else ())


def test_massachusetts_forbids_what_california_demands() -> None:
    """One letter cannot serve both: the nature of the breach and the number of residents stay out."""
    letter = book().duty("us-ma-93h-3-individuals")
    california = {item.item for item in book().duty("us-ca-1798-82-individuals").content}

    assert {"breach_description", "local_subject_count"} <= set(letter.must_not_contain)
    assert california & set(letter.must_not_contain) == {"breach_description"}
    told = everything_said()
    slip = Fact(
        name="credit_freeze", state=FactState.KNOWN, value=(text("After <breach_description> ask for a freeze."),)
    )
    found = check(letter, replace(told, stated={**told.stated, "credit_freeze": slip}), None, book().vocabulary)
    assert found.forbidden_present == ("breach_description",)
    assert not check(letter, told, None, book().vocabulary).forbidden_present


def test_the_headings_of_california_stand_word_for_word() -> None:
    rules = " ".join(rule.text for rule in book().duty("us-ca-1798-82-individuals").format_rules)

    for words in ("Notice of Data Breach", "What Happened", "What Information Was Involved", "What We Are Doing"):
        assert f"'{words}'" in rules
    assert "'What You Can Do'" in rules
    assert "'For More Information'" in rules
    assert "10-point" in rules


CALIFORNIA = ["What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do"]


@pytest.mark.parametrize("is_told", [True, False])
def test_the_letter_to_californians_has_the_prescribed_title_and_headings(*, is_told: bool) -> None:
    """All five headings stand there in their order, also when what is optional is not told."""
    optional = ("measures_taken", "individual_steps")
    said = {name: {"value": f"About the {name}."} if is_told else None for name in optional}
    values = complete(law_enforcement_delay={"value": "There was none."}, **said)
    letter = letter_of("us-ca-1798-82-individuals", values=values)

    assert letter.title == "Notice of Data Breach"
    assert [block.text for block in letter.blocks if isinstance(block, Heading)] == [
        *CALIFORNIA,
        "For More Information",
    ]


def test_the_letter_to_people_in_massachusetts_hides_the_nature_of_the_breach() -> None:
    said = {name: {"value": f"about the {name}"} for name in ("police_report_right", "credit_freeze", "parent_company")}
    letter = repr(letter_of("us-ma-93h-3-individuals", values=complete(**said)))

    assert "About the credit_freeze" in letter
    assert "A search server was open to the internet" not in letter
    assert "asked for no login" not in letter
