"""What may not go out: letters whose office, whose sender's contact or whose facts are not settled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, LetterIncomplete
from leakguard.models.languages import Lang
from leakguard.models.letters import as_sent
from leakguard.notices.competence import is_office
from leakguard.notices.facts_file import MOST_ADDRESSEES
from leakguard.use_cases.letters.find_offices import office_of
from support.notices import CAC, GDPR_33, NOW, book, complete, facts_of, letter_of, settled

POLICE, SG, PROCESSOR, BSI = "cn-police-14", "sg-pdpa-26d-individuals", "eu-gdpr-33-2-processor", "de-bsig-32-bsi"
SHANGHAI_POLICE = {"en": "Shanghai Municipal Public Security Bureau", "zh": "上海市公安局|上海市武宁南路128号"}
LATE = datetime(2026, 12, 20, 9, tzinfo=UTC)


def group(*, contact: bool, duty_role: str = "controller", **facts: Any) -> dict[str, Any]:  # noqa: ANN401  (facts)
    """A company in China and one in Singapore, or another that the duty alone binds."""
    how = {"value": "our parent company told us"}
    values = complete(serious_harm={"value": "likely", "why": "passwords"}, discovery_method=how, **facts)
    first = {**values.pop("organisation"), "obligated_as": values.pop("obligated_as")}
    second: dict[str, Any] = {"name": "Example App Pte. Ltd.", "country": "SG", "obligated_as": [duty_role]}
    if contact:
        second["dpo"] = {"name": "Ms Tan", "email": "privacy@app.example"}
    return {**values, "organisations": [first, second]}


def left_open(duty: str, lang: Lang = "en", values: dict[str, Any] | None = None, **how: Any) -> list[str]:  # noqa: ANN401  (passed on)
    return [one for one in letter_of(duty, lang, values, **how).unsettled if not one.startswith("reporter")]


def test_a_letter_is_of_the_organisation_that_the_duty_binds_and_not_of_the_first_with_its_role() -> None:
    letter = letter_of(SG, "en", group(contact=True))

    assert letter.sender[0] == letter.signature[-1] == "Example App Pte. Ltd."
    assert "Example University" not in str(letter)
    assert "privacy@app.example" in str(letter.blocks)


def test_the_first_organisation_writes_where_its_duty_binds_it_too() -> None:
    values = group(contact=True)
    values["facts"]["subjects_by_jurisdiction"] = {"value": {"SG": 20}}

    assert letter_of(SG, "en", values).sender[0] == "Example University"


def test_what_a_person_decided_for_one_organisation_makes_the_letter_its_own() -> None:
    values = group(contact=True)
    for organisation in values["organisations"]:
        organisation["country"] = "CN"
    about = {"obligation": SG, "organisation": "Example App Pte. Ltd.", "rationale": "it offers the app"}
    decided = {"id": "o", "kind": "applicable", **about, "occurred_at": "2026-06-11T09:00"}
    values["events"].append({**decided, "recorded_at": "2026-06-11T09:00"})

    assert letter_of(SG, "en", values).sender[0] == "Example App Pte. Ltd."


def test_a_contact_that_the_bound_organisation_lacks_is_named() -> None:
    with pytest.raises(LetterIncomplete, match=r"dpo_contact of Example App Pte\. Ltd\.: not stated"):
        letter_of(SG, "en", group(contact=False))


def test_a_processor_without_a_contact_is_named() -> None:
    values = group(contact=False, duty_role="processor")
    (line,) = [line for line in left_open(PROCESSOR, "en", values) if line.startswith("contact")]

    assert line.startswith("contact of Example App Pte. Ltd.: not stated; write its `contact` or `dpo`")
    assert left_open(PROCESSOR, "en", group(contact=True, duty_role="processor")) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_office_that_is_only_a_statute_s_phrase_stands_in_brackets_until_the_letter_goes_out(lang: Lang) -> None:
    letter = letter_of(POLICE, lang, complete())
    (line,) = [one for one in letter.unsettled if one.startswith("addressee")]

    assert (
        letter.addressee[-1]
        == {"en": "[competent authority: not known, to be filled in]", "zh": "［主管机关：尚不明确，待填写］"}[lang]
    )
    assert line == "addressee: not settled; state the office by name under `addressees`, as `cn-police-14: NAME`"
    assert line in left_open(POLICE, lang, complete())
    assert not [one for one in as_sent(letter).addressee if "[" in one or "［" in one]


def test_an_office_that_the_seat_decides_is_named_with_the_fact_that_decides() -> None:
    line, _ = left_open(CAC, "zh", complete())

    assert line.startswith("addressee: not settled; state `organisation.region`, or the office by name")
    assert left_open(CAC, "zh", settled()) == []


def test_an_office_that_a_person_names_is_addressed_and_greeted() -> None:
    values = {**complete(), "addressees": {POLICE: SHANGHAI_POLICE}}
    chinese, english = letter_of(POLICE, "zh", values), letter_of(POLICE, "en", values)

    assert chinese.addressee == ("上海市公安局", "上海市武宁南路128号")
    assert chinese.salutation == "上海市公安局："
    assert english.addressee == ("Shanghai Municipal Public Security Bureau",)
    assert not [remark for remark in chinese.remarks if "addressee" in remark]
    assert as_sent(chinese).addressee == chinese.addressee


def test_an_office_that_a_person_names_goes_before_the_one_that_the_data_know() -> None:
    letter = letter_of(CAC, "en", {**settled(), "addressees": {CAC: "Cyberspace Administration of Pudong"}})

    assert letter.addressee == ("Cyberspace Administration of Pudong",)
    assert not [line for line in letter.footer if "Shanghai" in line]


def test_an_address_for_people_is_none_of_an_office() -> None:
    values = {**complete(), "addressees": {"cn-pipl-57-individuals": "Somebody"}}

    assert "Somebody" not in str(letter_of("cn-pipl-57-individuals", "en", values))


def test_the_address_of_no_duty_an_empty_one_and_too_many_are_refused() -> None:
    with pytest.raises(BadFile) as slip:
        facts_of({**complete(), "addressees": {"cn-polize-14": "Police"}})
    with pytest.raises(BadFile, match="must be a text"):
        facts_of({**complete(), "addressees": {POLICE: ""}})
    many = {f"cn-police-{number}": "Police" for number in range(MOST_ADDRESSEES + 1)}
    with pytest.raises(BadFile, match=f"{MOST_ADDRESSEES} are the most"):
        facts_of({**complete(), "addressees": many})

    assert [(one.where, one.nearest) for one in slip.value.problems] == [("addressees.cn-polize-14", POLICE)]


def test_every_office_without_a_name_of_its_own_keeps_its_letter_from_being_final() -> None:
    """A new duty whose recipient is a phrase is refused like those that ship."""
    facts = facts_of(settled())
    phrases = [
        one for one in book().duties if is_office(one.recipient) and not (one.recipient.authority or one.recipient.by)
    ]
    offices = [office_of(BundledFiles(), book(), facts, one, NOW) for one in phrases]

    assert offices
    assert not [one for one in offices if one is None or one.is_settled]


def test_what_nobody_stated_is_named_and_a_reason_settles_it() -> None:
    found = left_open(CAC, "en", settled(integrity_loss=None, availability_loss=None))
    known = settled(integrity_loss={"unknown": "the backups are being compared"})

    assert [line.partition(":")[0] for line in found] == ["integrity_loss", "availability_loss"]
    assert all("write its `value`, or `unknown` with the reason" in line for line in found)
    assert left_open(CAC, "en", known) == []


def test_whoever_is_late_says_why_in_a_final_letter() -> None:
    def late(reason: dict[str, Any]) -> dict[str, Any]:
        return {**complete(delay_reason=reason), "addressees": {GDPR_33: "Data protection authority"}}

    (line,) = left_open(GDPR_33, "en", late({"unknown": "nobody asked yet"}), now=LATE)
    stated = left_open(GDPR_33, "en", late({"value": "the office was closed"}), now=LATE)

    assert line == "delay_reason: unknown; a late report has to give the reason, so write its `value`"
    assert stated == []
    assert left_open(GDPR_33, "en", late({"unknown": "nobody asked yet"})) == []


def test_a_late_report_that_says_nothing_of_it_is_named_with_the_end_of_its_deadline() -> None:
    def delay(duty: str, values: dict[str, Any]) -> list[str]:
        return [one for one in left_open(duty, "en", values) if one.startswith("delay_reason")]

    (line,) = delay(CAC, complete())

    assert line == (
        "delay_reason: not stated, and the deadline ended at 2026-06-11 02:30+08:00; "
        "write as its `value` why the letter is late"
    )
    assert delay(CAC, settled()) == []
    assert delay(GDPR_33, complete()) == []


def test_a_letter_to_people_after_its_deadline_is_remarked_and_one_without_a_deadline_is_not() -> None:
    korea, years_later = "kr-pipa-34-individuals", datetime(2028, 1, 1, tzinfo=UTC)
    values = complete(data_elements_specific={"value": ["contact.email"]}, remedies_offered={"value": "a hotline"})

    def remarks(duty: str, now: datetime) -> list[str]:
        return [one for one in letter_of(duty, "en", values, now=now).remarks if one.startswith("deadline")]

    assert len(remarks(korea, years_later)) == 1
    assert remarks(korea, NOW) == []
    assert remarks("cn-pipl-57-individuals", years_later) == []


def test_a_last_report_says_what_happened_to_the_data_or_why_that_stays_unknown() -> None:
    open_ = settled()
    never = settled(exfiltration={"unknown": "the logs reach back 7 days only", "why": "the logs are gone for good"})
    (line,) = left_open(CAC, "en", open_, stage="final")

    assert line.startswith("exfiltration: unknown in the last report")
    assert left_open(CAC, "en", never, stage="final") == []
    assert left_open(CAC, "en", open_, stage="initial") == []


@pytest.mark.parametrize(
    ("plan", "past"),
    [
        ("the logs are read by 7 December 2026", "2026-12-07"),
        ("the logs are read by 2026-12-07", "2026-12-07"),
        ("the logs are read by 27 December 2026", ""),
        ("the logs are read by 17 December 2027", ""),
        ("the logs are read soon", ""),
        ("7 servers are replaced", ""),
    ],
)
def test_a_plan_for_a_day_that_is_over_is_remarked(plan: str, past: str) -> None:
    letter = letter_of(CAC, "en", settled(measures_planned={"value": plan}), now=LATE)
    found = [one for one in letter.remarks if "still to come" in one]

    assert found == [
        f"measures_planned: tells {day} as still to come, and the letter is dated later" for day in (past,) if day
    ]


def test_a_plan_that_nobody_stated_is_no_past_one() -> None:
    letter = letter_of(CAC, "en", settled(measures_planned={"unknown": "it is being decided"}))

    assert not [one for one in letter.remarks if "still to come" in one]


def test_a_letter_to_an_office_has_a_place_to_sign_with_name_and_function_until_a_reporter_is_stated() -> None:
    open_, stated = letter_of(GDPR_33), letter_of(GDPR_33, "en", complete(reporter={"value": "Ann Example, counsel"}))

    assert open_.signature == ("_" * 32, "(name, function)", "Example University")
    assert stated.signature == ("Ann Example, counsel", "Example University")
    assert as_sent(letter_of("cn-pipl-57-individuals")).signature == ("Example University",)


def test_a_signature_names_the_organisation_once() -> None:
    values = complete(reporter={"value": "Ann Example, counsel of Example University"})

    assert letter_of(GDPR_33, "en", values).signature == ("Ann Example, counsel of Example University",)
