"""What the laws of single places demand of the letter itself: its form, and what it must not tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.models.letters import Heading
from leakguard.notices.completeness import Completeness
from leakguard.notices.duties import parse_duties
from leakguard.notices.letters.text import MOST_CHARACTERS, parse_letter, text_of
from leakguard.use_cases.letters.draft_notices import check_drafted_notice
from support.examples import examples
from support.notices import GDPR_34, NOW, book, both, complete, facts_of, letter_of, to_text

CA, MA, NZ = "us-ca-1798-82-individuals", "us-ma-93h-3-individuals", "nz-privacy-117-individuals"
HEADINGS = (
    "What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do", "For More Information"
)  # fmt: skip

BUREAUS = "Equifax 1-800-525-6285, Experian (888) 397-3742, TransUnion 800-680-7289"
CANARY = "078-05-1120"


def usa(**more: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """Facts of a complete letter to people in California and Massachusetts whose social security numbers leaked."""
    return complete(
        data_categories={"value": ["identification_number.us_ssn"]},
        subject_count={"value": 5_231},
        local_subject_count={"value": 3},
        law_enforcement_delay=both("The police did not ask for a delay.", "x"),
        credit_bureau_contacts=both(BUREAUS, "x"),
        credit_monitoring=both("Credit monitoring is free for 24 months.", "x"),
        police_report_right=both("You may obtain a police report.", "x"),
        credit_freeze=both("A credit freeze is free of charge.", "x"),
        parent_company={"not_applicable": "there is none"},
        regulator_contact=both("The Commissioner was told: enquiries@authority.example.", "x"),
        **more,
    )


def checked(duty: str, letter: str | None = None, values: dict[str, Any] | None = None) -> Completeness:
    words = parse_letter(letter, name="letter.txt") if letter is not None else None
    return check_drafted_notice(book(), facts_of(values or usa()), book().duty(duty), now=NOW, letter=words)


def californian(*, title: str = "Notice of Data Breach", headings: tuple[str, ...] = HEADINGS) -> str:
    return "\n\n".join((title, *(f"{heading}\n\nWords." for heading in headings)))


@pytest.mark.parametrize("form", ["{}", "# {}", "## {} ##", "**{}**", "  {}  "])
def test_a_letter_with_title_and_headings_word_for_word_has_no_problem(form: str) -> None:
    lines = (form.format(line) for line in ("Notice of Data Breach", *HEADINGS))

    assert checked(CA, "\n\nWords.\n\n".join(lines)).format_problems == ()


@pytest.mark.parametrize("title", ["NOTICE OF DATA BREACH", "Notice of a Data Breach", "Re: Notice of Data Breach"])
def test_another_title_is_named(title: str) -> None:
    (problem,) = checked(CA, californian(title=title)).format_problems

    assert "the title `Notice of Data Breach`" in problem


@pytest.mark.parametrize("heading", HEADINGS)
def test_each_heading_is_missed_when_it_is_changed_or_deleted(heading: str) -> None:
    changed = tuple(f"{one}?" if one == heading else one for one in HEADINGS)
    deleted = tuple(one for one in HEADINGS if one != heading)

    for letter in (californian(headings=changed), californian(headings=deleted)):
        (problem,) = checked(CA, letter).format_problems
        assert f"the heading `{heading}`" in problem


def test_headings_out_of_order_are_named() -> None:
    (problem,) = checked(CA, californian(headings=(*HEADINGS[1:], HEADINGS[0]))).format_problems[:1]

    assert "out of order" in problem


@pytest.mark.parametrize(
    ("size", "is_fine"),
    [("10pt", True), ("9.9pt", False), ("14px", True), ("13px", False), ("0.8em", False), ("90%", True)],
)
def test_type_below_ten_points_is_named(size: str, *, is_fine: bool) -> None:
    body = "".join(f"<h2>{heading}</h2><p>Words.</p>" for heading in HEADINGS)
    title = "<title>x</title><h1>Notice of Data <b>Breach</b></h1>"
    page = f'<html><body style="font-size:{size}">{title}{body}</body></html>'
    problems = checked(CA, page).format_problems

    assert (problems == ()) is is_fine
    assert is_fine or "at least 10 are needed" in problems[0]


def test_a_size_in_running_text_is_no_type() -> None:
    assert checked(CA, californian() + "\n\nfont-size: 2pt").format_problems == ()


@pytest.mark.parametrize("bureaus", ["Equifax, Experian and TransUnion", "Equifax 404-885-8000", "call 8005256285x"])
def test_bureaus_need_a_toll_free_number_when_identity_numbers_leaked(bureaus: str) -> None:
    values = usa()
    values["facts"]["credit_bureau_contacts"] = both(bureaus, "x")

    assert checked(CA, values=values).format_problems == ("credit_bureau_contacts: needs a toll-free telephone number",)


@pytest.mark.parametrize(
    ("said", "california", "massachusetts"),
    [
        ("free", False, False), ("free for 11 months", False, False), ("free for 12 months", True, False),
        ("free for one year", True, False), ("17 months", True, False), ("18 months", True, True),
        ("two years", True, True), ("a 24-month service", True, True),
    ],
)  # fmt: skip
def test_the_months_of_monitoring_have_their_own_least_in_each_state(
    said: str, *, california: bool, massachusetts: bool
) -> None:
    values = usa()
    values["facts"]["credit_monitoring"] = both(said, "x")

    assert (checked(CA, values=values).format_problems == ()) is california
    assert (checked(MA, values=values).format_problems == ()) is massachusetts


@pytest.mark.parametrize(
    ("said", "item"),
    [
        ("Our files were encrypted by ransomware.", "breach_type"),
        ("There was unauthorized access to your data.", "breach_type"),
        ("A search  server was open to the\ninternet.", "breach_description"),
        ("In short, THE SERVER ASKED FOR NO LOGIN at that time.", "cause"),
        ("This affects 3 residents of Massachusetts.", "subject_count"),
        ("This affects three Massachusetts residents.", "subject_count"),
        ("In total 5,231 records concern us.", "subject_count"),
        ("The number of affected individuals is 77.", "subject_count"),
    ],
)
def test_a_letter_to_massachusetts_must_not_tell_the_nature_or_the_number(said: str, item: str) -> None:
    assert item in checked(MA, f"Dear Sir or Madam,\n\n{said}").forbidden_present


def test_a_number_that_must_not_be_told_is_found_in_ten_thousands_too() -> None:
    values = usa()
    values["facts"]["subject_count"] = {"value": 2_300_000}

    assert "subject_count" in checked(MA, "您好：\n\n本次事件涉及230万人。", values).forbidden_present
    assert "subject_count" not in checked(MA, "您好：\n\n本次事件涉及您的信息。", values).forbidden_present


@pytest.mark.parametrize(
    "said",
    [
        "We write about a security incident that concerns your personal information.",
        "On 3 June 2026 residents could call us; on June 3 people did, since 2026 customers can.",
        "Written on 2026-06-03. People who call reach us until 06/03/2026.",
        "Monitoring is free for 18 months; call 1-800-525-6285. A shacked door is open. Office 3, floor 5.",
        "The police did not ask for a delay. You may obtain a police report.",
    ],
)
def test_short_words_and_dates_raise_no_false_alarm(said: str) -> None:
    values = usa()
    values["facts"]["cause"] = both("open", "x")

    assert checked(MA, said, values).forbidden_present == ()


def test_what_the_facts_of_the_letter_give_away_is_found_before_there_is_a_letter() -> None:
    values = usa()
    values["facts"]["credit_freeze"] = both("Because of ransomware, 3 people may freeze their credit.", "x")

    assert checked(MA, values=values).forbidden_present == ("breach_type", "subject_count", "local_subject_count")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Ask privacy@university.example or enquiries@authority.example.", ()),
        ("J. Doe, j.doe@mail.example, is affected too.", ("other_people_details",)),
        ("The clerk of the ward next door is affected too.", ("other_people_details",)),
        ("A former contractor holds the copy.", ("threat_actor",)),
    ],
)
def test_a_letter_to_new_zealand_names_nobody_else(said: str, found: tuple[str, ...]) -> None:
    values = usa(
        other_people_details=both("the clerk of the ward next door", "x"), threat_actor=None,
    )  # fmt: skip
    values["facts"]["threat_actor"] = both("a former contractor", "x")

    assert checked(NZ, said, values).forbidden_present == found


def test_a_value_of_a_victim_in_a_letter_is_a_problem_and_is_never_repeated() -> None:
    problems = checked(CA, f"{californian()}\n\nYour number is {CANARY}.").format_problems

    assert any("social security number" in problem for problem in problems)
    assert CANARY not in " ".join(problems)


def test_the_letters_that_ship_pass_and_a_draft_carries_what_is_wrong_with_it() -> None:
    values = usa()
    fine = letter_of(CA, "en", values)
    values["facts"]["credit_freeze"] = both("Because of ransomware you may freeze your credit.", "x")
    values["facts"]["credit_monitoring"] = both("free", "x")
    remarks = letter_of(MA, "en", values).remarks

    assert checked(CA, "\n".join(text_of(fine).lines)).format_problems == ()
    assert "breach_type: the letter tells it, and must not" in remarks
    assert any("at least 18 months" in remark for remark in remarks)


def test_a_translation_is_not_held_to_the_words_of_the_law() -> None:
    assert not any("Notice of Data Breach" in remark for remark in letter_of(CA, "zh", usa()).remarks)


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "holds no words"), ("<p></p>", "holds no words"), ("%PDF-1.7 x", "is no text"), ("a\x00b", "is no text"),
     ("a" * (MOST_CHARACTERS + 1), "is longer than")],
)  # fmt: skip
def test_what_is_no_letter_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        parse_letter(text, name="letter.txt")


def test_a_page_is_read_as_it_is_seen() -> None:
    head = "<!DOCTYPE html><html><head><style>p{}</style><title>T</title></head>"
    page = f"{head}<body>One <b>bold</b>\nword&amp;more<br>Two</script></body>"

    assert parse_letter(page, name="x").lines == ("One bold word&more", "Two")


@examples(40)
@given(
    st.one_of(st.text(max_size=300), st.text(alphabet="<>/&;#*_ ab=\"'!-pstyle", max_size=200).map("<html>".__add__))
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        letter = parse_letter(text, name="letter.txt")
    except BadFile:
        return

    facts = facts_of(usa())
    assert letter.lines
    assert all(line == line.strip() and line for line in letter.lines)
    for duty in (CA, MA, NZ):
        found = check_drafted_notice(book(), facts, book().duty(duty), now=NOW, letter=letter).forbidden_present
        assert set(found) <= set(book().duty(duty).must_not_contain)


def test_a_rule_about_an_unknown_item_is_refused() -> None:
    duty = book().duty(CA).model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    duty["phases"] = [
        {"name": "initial", "clock": {"anchor": "first(awareness)", "amount": {"none": True}, "pausable": "never"}}
    ]
    duty["format_rules"] = ["in plain language", {"text": "x", "item": "credit_bureau_contact", "toll_free": True}]
    with pytest.raises(BadFile) as refused:
        parse_duties(to_text({"duties": [duty]}), name="own.yaml", vocabulary=book().vocabulary)

    assert "credit_bureau_contacts" in str(refused.value)


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ({"value": "No"}, "We did not delay this notice for a law enforcement investigation."),
        ({"value": "none."}, "We did not delay this notice for a law enforcement investigation."),
        ({"not_applicable": "nobody was asked"}, "We did not delay this notice for a law enforcement investigation."),
        ({"value": "Yes."}, "A law enforcement investigation delayed this notice."),
        ({"value": "the FBI asked us to wait until 3 May"}, "The FBI asked us to wait until 3 May."),
        ({"unknown": "we wait for an answer"}, "We do not know yet whether a law enforcement investigation delayed"),
    ],
)
def test_a_short_answer_becomes_a_plain_sentence(fact: object, told: str) -> None:
    values = usa()
    values["facts"]["law_enforcement_delay"] = fact
    letter = "\n".join(str(block) for block in letter_of(CA, "en", values).blocks)

    assert told in letter
    assert "delay this notice?" not in letter


@pytest.mark.parametrize("fact", [{"value": "none"}, {"not_applicable": "we belong to nobody"}])
def test_a_parent_company_is_named_only_where_there_is_one(fact: object) -> None:
    """M.G.L. c. 93H s. 3(b) wants its name if the firm is owned by another, and `is none` is no name."""
    values = usa()
    values["facts"]["parent_company"] = fact

    assert "parent" not in "\n".join(str(block) for block in letter_of(MA, "en", values).blocks)
    values["facts"]["parent_company"] = {"value": "Example Holding"}
    told = "\n".join(str(block) for block in letter_of(MA, "en", values).blocks)
    assert "Our parent or affiliated company is Example Holding." in told


def test_what_does_not_apply_is_not_told_as_unknown() -> None:
    """`We do not know yet when it began: there was no single day` would say what nobody stated."""
    values = complete(breach_date={"not_applicable": {"en": "there was no single day", "zh": "并非发生于某一日"}})
    letter = "\n".join(str(block) for block in letter_of(GDPR_34, "en", values).blocks)

    assert "no single day" not in letter
    assert "We do not know yet when" not in letter


def test_the_five_headings_of_california_stand_there_with_little_to_tell() -> None:
    values = usa()
    for name in ("measures_taken", "individual_steps"):
        values["facts"].pop(name)
    blocks = letter_of(CA, "en", values).blocks
    headings = [block.text for block in blocks if isinstance(block, Heading)]

    assert tuple(headings) == HEADINGS
    assert not any("as the law" in str(block) for block in blocks)
