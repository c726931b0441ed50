"""What lint says of duties beyond their shape."""

from __future__ import annotations

from datetime import date

import pytest

from leakguard.bundled import BundledFiles
from leakguard.notices.duties import Duty
from leakguard.notices.duty_lint import Remark, names_two, remarks, rule_problems
from leakguard.notices.duty_sources import Source
from leakguard.notices.notice_content import Recipient, RecipientKind
from leakguard.use_cases.letters.look_up_duties import lint_files
from notices.test_provenance import duty_of


def told_to(name: str, kind: RecipientKind = "regulator", *, is_one: bool = False) -> Duty:
    return duty_of(recipient=Recipient(type=kind, name=name, name_zh="机关", is_one=is_one))


@pytest.mark.parametrize(
    "name",
    [
        "Data subject AND the PDP agency (today Komdigi)",
        "UAE Data Office (and data subjects)",
        "Attorney General, Department of State, State Police",
        "CSIRT or competent authority",
        "Coordinator CSIRT + ENISA via single reporting platform",
        "Attorney General of Massachusetts, and Office of Consumer Affairs and Business Regulation",
        "Data Office; State Police",
    ],
)
def test_a_name_of_two_is_refused(name: str) -> None:
    (problem,) = rule_problems(3, told_to(name))

    assert problem.where == "duties[3].recipient.name"
    assert "is_one" in problem.text


@pytest.mark.parametrize(
    "name",
    [
        "Office of Consumer Affairs and Business Regulation of Massachusetts",
        "Ministry of Transport, Communications and Information Technology",
        "Office for Civil Rights, Department of Health and Human Services",
        "Korea Internet & Security Agency (KISA)",
        "Federal Data Protection and Information Commissioner",
        "SDAIA (National Data Governance Platform)",
    ],
)
def test_the_name_of_one_office_is_taken_as_one(name: str) -> None:
    assert not names_two(told_to(name))


def test_a_group_of_people_is_one_recipient() -> None:
    assert not names_two(told_to("Subscriber or individual", "individuals"))
    assert names_two(told_to("Individuals, FTC, media", "individuals"))


def test_a_name_that_reads_like_two_is_one_where_the_file_says_so() -> None:
    name = "Office of the Information and Privacy Commissioner of Alberta"

    assert names_two(told_to(name))
    assert not names_two(told_to(name, is_one=True))


def test_a_duty_from_memory_names_what_is_to_be_verified() -> None:
    bare = duty_of(confidence="own-knowledge")
    named = duty_of(confidence="own-knowledge", verify_fields=("deadline",), verify_fields_zh=("期限",))

    assert [problem.where for problem in rule_problems(0, bare)] == ["duties[0].verify_fields"]
    assert list(rule_problems(0, named)) == []
    uneven = duty_of(verify_fields=("deadline", "content"), verify_fields_zh=("期限",))
    assert [problem.where for problem in rule_problems(0, uneven)] == ["duties[0].verify_fields_zh"]


def test_memory_is_no_source_of_a_part_of_a_duty() -> None:
    """It has a list of its own, by which every deadline from memory says so."""
    source = Source(kind="own-knowledge", on=date(2026, 11, 30))
    (problem,) = rule_problems(0, duty_of(sources={"deadline": source}))

    assert (problem.where, problem.text) == (
        "duties[0].sources.deadline", "is no source: write the part into `from_memory`"
    )  # fmt: skip


def test_what_a_duty_should_have_is_counted_and_is_no_problem() -> None:
    weak = duty_of(id="weak", source_kind="secondary", versions=(), law_zh="")
    found = {one.remark: one.duties for one in remarks([weak, duty_of(id="sound", law_zh="法")])}

    assert found[Remark.TRIED] == ("weak",)
    assert found[Remark.NOT_ASKED_BEFORE] == ("weak",)
    assert found[Remark.LAW_ZH] == ("weak",)
    assert found[Remark.TEXT_ZH] == ("sound",)
    assert list(rule_problems(0, weak)) == []


def test_how_much_was_looked_at_is_known_also_where_there_is_no_problem() -> None:
    found = lint_files(BundledFiles(), {})

    assert found.duties > found.files > 40
