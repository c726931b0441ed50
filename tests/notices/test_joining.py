"""One notice for people under many laws."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete
from leakguard.notices.book import read_facts
from leakguard.notices.duties import Duty
from leakguard.notices.facts import WithheldHelp
from leakguard.notices.joining import Package, joined_id, package_of
from leakguard.notices.letters.text import text_of
from leakguard.use_cases.letters.assess_notices import AssessedDuties, assess_notices
from leakguard.use_cases.letters.draft_notices import check_drafted_notice
from leakguard.use_cases.letters.given_facts import NoticeInput
from leakguard.use_cases.letters.notice_package import DraftedPackage, draft_package
from support.every_fact import every_fact
from support.notices import NOW as AT_NOON
from support.notices import book, facts_of, settled

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
CA, TX, MA = "us-ca-1798-82-individuals", "us-tx-521-053-individuals", "us-ma-93h-3-individuals"
OH = "us-oh-1349-19-individuals"


def joined(*names: str, withheld: tuple[WithheldHelp, ...] = ()) -> Package:
    duties = [book().duty(name) for name in names]
    return package_of(duties, book().vocabulary, law="us", withheld=withheld)


def less(*places: str, remedy: str = "credit_monitoring") -> tuple[WithheldHelp, ...]:
    return (WithheldHelp(remedy=remedy, places=places, reason="sold in some states only", by="A. Counsel"),)


def test_the_joined_notice_asks_for_whatever_one_of_its_laws_asks_for() -> None:
    package = joined(CA, TX)
    assert package.joined is not None
    items = {one.item for one in package.joined.content}

    assert items == {one.item for name in (CA, TX) for one in book().duty(name).content}
    assert [duty.id for duty in package.shared] == [CA, TX]


def test_what_one_law_always_asks_for_is_not_left_to_another_law_that_asks_less() -> None:
    package = joined(CA, TX)
    assert package.joined is not None
    needed = {one.item: one.required for one in package.joined.content}

    for name in (CA, TX):
        for one in book().duty(name).content:
            assert one.required != "yes" or needed[one.item] == "yes"


def test_a_law_that_forbids_what_another_asks_for_gets_a_letter_of_its_own() -> None:
    """Massachusetts allows no description of the breach, which California demands."""
    package = joined(CA, MA)

    assert [duty.id for duty in package.apart] == [MA]
    assert "What happened" in " ".join(package.additions[1].apart_because)


def test_of_remedies_the_longest_is_asked_for() -> None:
    def months(duty: Duty | None) -> set[int]:
        return {rule.least_months for rule in duty.format_rules if rule.least_months} if duty else set()

    longer = book().duty(CA).model_copy(update={"id": "us-zz", "must_not_contain": (), "format_rules": tuple(
        rule.model_copy(update={"least_months": 24}) if rule.least_months else rule
        for rule in book().duty(CA).format_rules
    )})  # fmt: skip
    package = package_of([book().duty(CA), longer], book().vocabulary, law="us")

    assert months(book().duty(CA)) == {12}
    assert package.joined is not None
    assert {rule.least_months for rule in package.joined.format_rules if rule.least_months} == {24}


def test_people_who_are_offered_less_than_most_get_a_letter_of_their_own() -> None:
    package = joined(CA, TX, OH, withheld=less("US-TX"))

    assert [duty.id for duty in package.apart] == [TX]
    assert package.additions[1].apart_because == ("its people are not offered: Credit monitoring",)
    assert [one.remedy for one in package.additions[1].withheld] == ["credit_monitoring"]


def test_people_who_alone_are_offered_a_remedy_get_a_letter_of_their_own() -> None:
    package = joined(CA, TX, OH, withheld=less("US-TX", "US-OH"))

    assert [duty.id for duty in package.apart] == [CA]
    assert package.additions[0].apart_because == ("only its people are offered: Credit monitoring",)
    assert package.joined is not None
    assert not [rule for rule in package.joined.format_rules if rule.item == "credit_monitoring"]


def test_what_a_law_asks_for_is_not_withheld_in_the_package() -> None:
    assert [duty.id for duty in joined(CA, TX, withheld=less("US-CA")).apart] == []


def incident(**changes: object) -> AssessedDuties:
    values = every_fact()
    values["facts"] |= {
        "subjects_by_jurisdiction": {"value": {"US-CA": 1200, "US-TX": 800, "US-MA": 30}},
        "acquisition": {"value": True}, "exfiltration": {"value": True},
        "data_categories": {"value": ["identification_number.us_ssn"]},
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
        "credit_monitoring": {"value": {"en": "24 months of credit monitoring", "zh": "24个月信用监测"}},
        **changes,
    }  # fmt: skip
    values["obligated_as"] = ["controller"]
    facts = facts_of(values, now=NOW)
    return assess_notices(NoticeInput(book=book(), facts=facts, text="", now=NOW))


def drafted(found: AssessedDuties) -> DraftedPackage:
    return draft_package(found, BundledFiles(), law="us", lang="en")


def test_each_law_is_held_against_the_letter_that_its_people_get() -> None:
    found = incident()
    package = drafted(found)
    letters = {notice.id: letter for notice, letter in package.letters}

    assert set(letters) == {"us-joined-individuals", MA}
    assert {one.duty for one in package.checked} >= {CA, TX, MA}
    for one in package.checked:
        letter = letters[MA if one.duty == MA else "us-joined-individuals"]
        result = check_drafted_notice(book(), found.work.facts, book().duty(one.duty), now=NOW, letter=text_of(letter))
        assert bool(one.problems) is not (result.is_complete and not result.format_problems)


def test_a_remedy_that_is_too_short_for_one_law_is_a_problem_of_that_law() -> None:
    short = drafted(incident(credit_monitoring={"value": {"en": "6 months of monitoring", "zh": "6个月信用监测"}}))

    assert any("months" in problem for one in short.problems for problem in one.problems if one.duty == CA)
    assert not any("months" in problem for one in short.problems for problem in one.problems if one.duty == TX)


def test_what_the_laws_ask_beside_the_letters_is_named() -> None:
    others = {one.duty.id for one in drafted(incident()).others}

    assert {"us-ca-1798-82-ag", "us-tx-521-053-ag"} <= others


def test_remedies_by_law_name_who_is_offered_less_and_why() -> None:
    package = draft_package(
        incident(), BundledFiles(), law="us", lang="en", only_by_law="offered where a law asks for it"
    )
    withheld = {one.duty.id: {each.remedy: each.reason for each in one.withheld} for one in package.package.additions}
    letters = {notice.id: str(letter) for notice, letter in package.letters}

    assert withheld[TX]["credit_monitoring"] == "offered where a law asks for it"
    assert "credit_monitoring" not in withheld[CA]
    assert "24 months of credit monitoring" in letters[MA]
    assert "24 months of credit monitoring" in (letters[CA] if CA in letters else letters["us-joined-individuals"])
    assert "24 months of credit monitoring" not in (letters[TX] if TX in letters else letters["us-joined-individuals"])


def test_everybody_is_offered_the_same_by_default() -> None:
    assert all("24 months of credit monitoring" in str(letter) for _, letter in drafted(incident()).letters)


def app(*sent_elsewhere: str, **changes: object) -> AssessedDuties:
    """An incident in Shanghai that concerns minors, under every Chinese law for users and the cyberspace office."""
    flags = ("children_under_14", "minors_affected", "interests_harmed")
    stated = {name: {"value": True} for name in flags} | {"serious_harm": {"value": "likely"}}
    counts = {"under_14_count": {"value": 12}, "minors_count": {"value": 40}}
    values = settled(**(stated | counts | changes)) | {"addressees": dict.fromkeys(sent_elsewhere, "上海市数据局")}
    return assess_notices(NoticeInput(book=book(), facts=facts_of(values), text="", now=AT_NOON))


def chinese(**changes: object) -> dict[str, str]:
    """The letters of the Chinese laws, by id."""
    package = draft_package(app(**changes), BundledFiles(), law="cn", lang="zh")
    return {notice.id: text_of(letter).text for notice, letter in package.letters}


def test_chinese_laws_share_one_letter_to_users_one_to_guardians_and_one_to_the_office() -> None:
    letters = chinese()

    assert set(letters) == {joined_id("cn", readers) for readers in ("individuals", "guardians", "authority")}
    users, guardians, office = letters.values()
    for law in ("个人信息保护法》第五十七条", "网络安全法》第四十四条", "数据安全法》第二十九条"):
        assert law in users
        assert law in office
    assert "您孩子的下列信息" in guardians
    assert "您孩子" not in users
    assert "儿童个人信息网络保护规定》第二十一条作出" in guardians.replace("\n", "")
    assert "上海市互联网信息办公室：" in office
    assert "受影响的未成年人中，不满十四周岁的儿童为12人。" in office.replace("\N{NO-BREAK SPACE}", "")


def test_a_recommended_standard_is_followed_and_keeps_no_joined_letter_from_being_written() -> None:
    users = chinese(measures_planned=None)["cn-joined-individuals"]

    assert "并参照推荐性国家标准《信息安全技术 个人信息安全规范》（GB/T 35273-2020）第10.2条作出。" in users
    assert users.count("35273") == 1


def test_a_law_that_binds_is_not_satisfied_with_less_in_a_joined_letter() -> None:
    with pytest.raises(LetterIncomplete, match="cause: not stated"):
        chinese(cause=None)


def test_reports_in_stages_and_offices_that_nobody_named_stay_apart_from_the_joined_report() -> None:
    package = draft_package(app(), BundledFiles(), law="cn", lang="zh")
    joined_report = {one.duty.id for one in package.package.additions if one.letter == joined_id("cn", "authority")}

    assert {"cn-pipl-57-authority", "cn-csl-44-authority", "cn-children-21-authority"} <= joined_report
    assert {"cn-cac-incident-general", "cn-gbt35273-10-report"} <= {one.duty.id for one in package.others}
    assert joined_report.isdisjoint(one.duty.id for one in package.others)


def test_no_report_is_joined_where_fewer_than_two_laws_name_one_office() -> None:
    def ids(found: AssessedDuties) -> set[str]:
        return {notice.id for notice, _ in draft_package(found, BundledFiles(), law="cn", lang="zh").letters}

    named = [one.duty.id for one in app().assessments if one.duty.recipient.by == "cac"]

    assert joined_id("cn", "authority") in ids(app())
    assert joined_id("cn", "authority") not in ids(app(*named))


def test_a_single_law_for_guardians_keeps_its_own_letter() -> None:
    letters = chinese(children_under_14={"value": False})

    assert "cn-minors-35-people" in letters
    assert joined_id("cn", "guardians") not in letters


def test_a_joined_letter_names_the_laws_of_its_day() -> None:
    name = "university-2019.yaml"
    now = datetime(2019, 6, 11, 4, tzinfo=UTC)
    facts = read_facts(BundledFiles().text("templates/examples", name), name=name, book=book(), now=now)
    found = assess_notices(NoticeInput(book=book(), facts=facts, text="", now=now))
    package = draft_package(found, BundledFiles(), law="cn", lang="zh").package

    assert package.joined is not None
    assert package.joined.law_words("zh") == "《中华人民共和国网络安全法》第四十二条第二款"
    assert (
        package.joined.guide_words("zh") == "推荐性国家标准《信息安全技术 个人信息安全规范》（GB/T 35273-2017）第9.2条"
    )
