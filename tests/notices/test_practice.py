"""Letters that no law demands: what they must tell, what they must not, and who gets which template."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from leakguard.bundled import BundledFiles
from leakguard.cli.notice.draft import LETTERS
from leakguard.errors import BadFile, NotFound, UsageProblem
from leakguard.notices.book import load_duties
from leakguard.notices.format_rules import FormatRule
from leakguard.notices.joining import joined_id
from leakguard.notices.letters.choice import choose, parse_choices
from leakguard.notices.letters.text import parse_letter, text_of
from leakguard.notices.notice_content import RecipientKind
from leakguard.notices.practice import PREFIX, parse_practice
from leakguard.use_cases.letters.draft_notices import check_drafted_notice, draft_letter, draft_notice, template_of
from support.every_fact import NOW, every_fact
from support.notices import PIPL_PEOPLE, book, both, facts_of, to_text

SECRET = "the port 9200 of the old search server answers everybody"
HIDDEN = ("vulnerability", "attack_path", "vuln_technical", "iocs", "systems")


def checked(name: str, letter: str | None = None, **facts: Any) -> Any:  # noqa: ANN401  (what the check gives)
    words = parse_letter(letter, name="letter.txt") if letter is not None else None
    return check_drafted_notice(book(), facts_of(every_fact(**facts)), book().letter(name), now=NOW, letter=words)


def test_the_command_offers_the_letters_that_ship() -> None:
    assert tuple(letter.name for letter in book().practice) == LETTERS
    assert all(letter.id == f"{PREFIX}{letter.name}" and letter.why for letter in book().practice)


def test_none_is_mistaken_for_a_duty() -> None:
    assert not {letter.id for letter in book().practice} & {duty.id for duty in book().duties}
    with pytest.raises(NotFound, match="no duty"):
        book().duty("practice-finder")
    with pytest.raises(NotFound) as refused:
        book().letter("findr")
    assert "finder, staff" in refused.value.next_step


@pytest.mark.parametrize("name", ["staff", "helpdesk", "press", "public"])
@pytest.mark.parametrize("item", HIDDEN)
def test_what_helps_an_attacker_is_found_in_a_letter_to_many(name: str, item: str) -> None:
    found = checked(name, f"Dear all,\n\nIn short: {SECRET}.", **{item: both(SECRET, "x")})

    assert item in found.forbidden_present


@pytest.mark.parametrize(
    ("said", "item"),
    [
        ("The index lay on our Elasticsearch.", "systems"), ("See CVE-2024-12345.", "vuln_technical"),
        ("Anybody could use the default password.", "vuln_technical"), ("It was found through Shodan.", "attack_path"),
        ("An open port was enough.", "attack_path"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["staff", "helpdesk", "press", "public"])
def test_usual_words_of_attackers_are_found_in_a_letter_to_many(name: str, said: str, item: str) -> None:
    assert checked(name, f"Dear all,\n\n{said}").forbidden_present == (item,)
    assert checked("controller", f"Dear all,\n\n{said}").forbidden_present == ()


@pytest.mark.parametrize("name", [letter.name for letter in book().practice])
def test_an_address_of_a_person_affected_is_found_in_any_of_them(name: str) -> None:
    assert "other_people_details" in checked(name, "Ask j.doe@mail.example, who is affected too.").forbidden_present


def test_a_draft_says_what_it_must_not_tell() -> None:
    values = every_fact(vulnerability=both(SECRET, "x"), public_statement=both(f"We say that {SECRET}.", "x"))
    letter = draft_notice(book(), BundledFiles(), facts_of(values), book().letter("staff"), lang="en", now=NOW)

    assert "vulnerability: the letter tells it, and must not" in letter.remarks


def test_the_footer_says_once_that_no_law_demands_it_and_names_no_rule() -> None:
    letter = draft_notice(book(), BundledFiles(), facts_of(every_fact()), book().letter("finder"), lang="en", now=NOW)
    footer = "\n".join(letter.footer)

    assert footer.count("no duty: practice") == 1
    assert footer.count("not legal advice") == 1
    assert "Source" not in footer


def test_a_letter_that_the_law_narrows_still_says_how_to_reach_us() -> None:
    letter = draft_letter(book(), BundledFiles(), facts_of(every_fact()), "us-ma-93h-3-individuals", lang="en", now=NOW)
    words = text_of(letter).text

    assert "You can reach us here: Front desk, desk@university.example." in words
    assert "breach date" not in words
    assert "2026" not in words.replace("30 June 2026", "")


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_without_a_duty_is_for_no_place_and_opens_no_notice_in_stages(name: str) -> None:
    telling = book().letter(name)

    assert telling.reader_places == frozenset()
    assert not telling.opens_with("initial")


def test_a_letter_without_a_duty_has_no_stage() -> None:
    with pytest.raises(UsageProblem) as refused:
        draft_notice(
            book(), BundledFiles(), facts_of(every_fact()), book().letter("press"), lang="en", now=NOW, stage="final"
        )

    assert "Leave --stage out" in refused.value.next_step


@pytest.mark.parametrize(
    ("residents", "until", "problems"),
    [
        ({"CN": 5}, "2026-07-12", 0), ({"CN": 5}, "2026-07-11", 1), ({"BR": 1}, "2026-09-10", 0),
        ({"BR": 1}, "2026-09-09", 1), (None, "2026-07-20", 2), ({"CN": 5}, None, 0),
    ],
)  # fmt: skip
def test_a_public_notice_stays_as_long_as_the_laws_ask(
    residents: dict[str, int] | None, until: str | None, problems: int
) -> None:
    counted = {"value": residents} if residents else {"unknown": "nobody counted"}
    ends = {"value": until} if until else {"unknown": "nobody decided"}
    found = checked(
        "public",
        subjects_by_jurisdiction=counted,
        publication_until=ends,
        data_categories={"value": ["health"] if not residents else ["contact.email"]},
    ).format_problems

    assert len(found) == problems
    assert all("days after publication_from" in problem for problem in found)
    assert residents or all("which the facts do not tell" in problem for problem in found)


def test_a_rule_about_days_needs_both_ends() -> None:
    with pytest.raises(ValueError, match="needs the items"):
        FormatRule.model_validate({"text": "x", "least_days": 3, "item": "publication_until"})


def letters(**changes: Any) -> str:  # noqa: ANN401  (a file holds anything)
    one = {
        "id": "practice-x", "why": "w", "verified_on": "2026-11-26", "recipient": {"type": "staff", "name": "n"},
        "content": [{"item": "cause", "required": "yes"}], **changes,
    }  # fmt: skip
    return to_text({"letters": [one]})


def test_all_problems_of_a_file_of_letters_are_named_at_once() -> None:
    text = letters(
        id="finder", content=[{"item": "causes", "required": "yess"}], must_not_contain=["sistems"]
    )  # fmt: skip
    with pytest.raises(BadFile) as refused:
        parse_practice(text, name="letters.yaml", vocabulary=book().vocabulary)

    assert {problem.nearest for problem in refused.value.problems} == {"cause", "yes", "systems", None}
    assert parse_practice(letters(), name="x", vocabulary=book().vocabulary)[0].name == "x"


def test_the_first_line_that_fits_chooses_the_template() -> None:
    duty = book().duty(PIPL_PEOPLE)
    text = to_text(
        {"choices": [{"use": "a", "duties": [duty.id]}, {"use": "b", "recipients": ["individuals", "finder"]}]}
    )
    names = ["notices/a.yaml", "notices/b.yaml"]
    choices = parse_choices(text, name="letters.yaml", templates=names)

    assert choose(duty, choices, names) == "notices/a.yaml"
    assert choose(duty, choices, [*names, f"notices/{duty.id}.yaml"]) == f"notices/{duty.id}.yaml"
    assert choose(duty, choices, [*names, "own/a.yaml"]) == "own/a.yaml"
    assert choose(duty, choices, [f"own/{duty.id}.yaml", f"notices/{duty.id}.yaml"]) == f"own/{duty.id}.yaml"
    assert choose(book().letter("finder"), choices, names) == "notices/b.yaml"
    assert choose(book().letter("staff"), choices, names) is None


@pytest.mark.parametrize(
    ("line", "says"),
    [({"use": "a"}, "exactly one of"), ({"use": "gone", "duties": ["x"]}, "no template `gone`"),
     ({"use": "a", "duties": ["x"], "recipients": ["staff"]}, "exactly one of")],
)  # fmt: skip
def test_a_line_that_cannot_choose_is_refused(line: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFile, match=says):
        parse_choices(to_text({"choices": [line]}), name="letters.yaml", templates=["notices/a.yaml"])


def test_every_line_that_ships_is_for_letters_that_ship() -> None:
    bundled = BundledFiles()
    text = bundled.text("templates", "letters.yaml")
    choices = parse_choices(text, name="letters.yaml", templates=bundled.names("templates"))
    known = {telling.id for telling in (*book().duties, *book().practice)} | {
        joined_id("us"),
        *(joined_id("cn", readers) for readers in ("individuals", "guardians", "authority")),
    }
    files = [name for name in bundled.names("templates") if name.startswith("notices/")]
    own = {name.removeprefix("notices/").removesuffix(".yaml") for name in files}
    named = {name for one in choices for name in one.duties}

    assert named <= known
    assert {kind for one in choices for kind in one.recipients} == set(get_args(RecipientKind))
    assert named & own == set(), "a template of its own comes first anyway"
    assert own - known - {one.use for one in choices} == set(), "a template that writes no letter"


def test_a_recipient_for_whom_there_is_no_line_is_named() -> None:
    class Few:
        """Templates with a single line."""

        def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
            return BundledFiles().names(folder, suffix) if folder == "duties" else ("notices/any-register.yaml",)

        def text(self, folder: str, name: str) -> str:
            line = {"use": "any-register", "recipients": ["register"]}
            return to_text({"choices": [line]}) if name == "letters.yaml" else BundledFiles().text(folder, name)

    with pytest.raises(NotFound, match="no template writes letters to `staff`"):
        template_of(book().letter("staff"), Few(), book().vocabulary, "en")
    assert load_duties(Few()).practice == book().practice


def test_the_words_of_a_draft_pass_their_own_check() -> None:
    facts = facts_of(every_fact())
    for letter in book().practice:
        words = text_of(draft_notice(book(), BundledFiles(), facts, letter, lang="en", now=NOW))
        assert check_drafted_notice(book(), facts, letter, now=NOW, letter=words).is_complete, letter.name
