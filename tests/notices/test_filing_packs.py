"""Filing packs: an authority's form in its own order, each field with our answer, what is missing first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.models.languages import LANGS
from leakguard.notices.authorities import Authorities
from leakguard.notices.duties import Duty
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Fact, FactState
from leakguard.notices.filing_forms import FilingForm, FormField, load_forms
from leakguard.notices.filing_pack import Pack, make_pack
from leakguard.notices.law_of_day import law_on_the_day
from leakguard.notices.vocabulary import Lang
from leakguard.outputs.filing_pack import pack_json, pack_lines, pack_markdown
from leakguard.use_cases.letters.given_facts import NoticeInput
from leakguard.use_cases.letters.pack_filing import pack_filing
from support.every_fact import every_fact
from support.notices import GDPR_33, book, facts_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)
FORMS = load_forms(BundledFiles(), book().vocabulary)
TWELVE = {
    "gb-ico", "fr-cnil", "de-bw", "de-by", "es-aepd", "it-garante", "ie-dpc", "nl-ap", "us-tx-ag", "us-ca-ag", "jp-ppc",
    "kr-pipc",
}  # fmt: skip


def work(values: dict[str, Any]) -> NoticeInput:
    return NoticeInput(book=book(), facts=facts_of(values, now=NOW), text="", now=NOW)


def case(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """Facts that state everything, of an organisation in Baden-Württemberg."""
    values = every_fact()
    values["organisation"] = {**values["organisation"], "country": "DE", "region": "DE-BW", "body": "private"}
    for name, fact in changes.items():
        values["facts"].pop(name, None)
        if fact is not None:
            values["facts"][name] = fact
    return values


def pack_of(
    values: dict[str, Any], duty: str = GDPR_33, *, form: str | None = None, lang: Lang = "en", stage: str | None = None
) -> Pack:
    return pack_filing(work(values), BundledFiles(), duty, form=form, lang=lang, stage=stage)


def of_the_day(duty: str) -> Duty:
    """The duty as the law had it on the day of these facts."""
    return law_on_the_day(book().duty(duty), facts_of(case(), now=NOW), NOW).text


def test_twelve_forms_ship() -> None:
    assert set(FORMS) >= TWELVE


@pytest.mark.parametrize("form", list(FORMS.values()), ids=lambda one: one.id)
def test_each_form_is_of_an_office_and_duties_that_exist_and_says_what_was_seen(form: FilingForm) -> None:
    assert Authorities(BundledFiles(), book().vocabulary).find(form.authority) is not None
    assert all(isinstance(book().duty(name), Duty) for name in form.duties)
    assert form.seen_note
    assert form.seen_note_zh
    assert bool(form.fields) is form.seen
    assert form.source.url or form.source.kind == "own-knowledge"


@pytest.mark.parametrize("form", list(FORMS.values()), ids=lambda one: one.id)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_form_keeps_its_order_and_loses_no_field(form: FilingForm, lang: Lang) -> None:
    duty = of_the_day(form.duties[0])
    pack = pack_of(case(), duty.id, form=form.id, lang=lang)
    of_law = [(item.item,) for item in duty.items_of(None)]
    asked = [one.items for one in form.fields] if form.seen else of_law
    expected = [*asked, *(one.items for one in form.more)]

    assert [one.items for one in pack.fields[: len(expected)]] == expected
    assert [one.number for one in pack.fields] == list(range(1, len(pack.fields) + 1))
    assert all(one.is_of_law for one in pack.fields[len(expected) :])


@pytest.mark.parametrize("form", list(FORMS.values()), ids=lambda one: one.id)
def test_each_item_that_the_law_demands_stands_in_the_pack_once_it_is_stated(form: FilingForm) -> None:
    duty = of_the_day(form.duties[0])
    told = {item for one in pack_of(case(), duty.id, form=form.id).fields if one.answer for item in one.items}

    demanded = {item.item for item in duty.items_of(None) if item.required == "yes"}
    assert demanded <= told


def test_the_form_of_the_competent_office_is_taken_without_asking() -> None:
    pack = pack_of(case())

    assert pack.form is not None
    assert pack.form.id == "de-bw"
    assert pack.is_seen


def test_an_office_without_a_form_gets_the_items_of_the_law_in_their_order() -> None:
    values = case()
    values["organisation"] |= {"country": "AT"}
    del values["organisation"]["region"]
    pack = pack_of(values)

    assert pack.form is None
    assert not pack.is_seen
    assert [one.items[0] for one in pack.fields] == [item.item for item in book().duty(GDPR_33).content]
    assert any("no form of this office is known" in line for line in pack_lines(pack))


def test_a_form_that_was_not_seen_says_so_in_every_format() -> None:
    pack = pack_of(case(), form="fr-cnil")

    assert any("THE FORM WAS NOT SEEN" in line for line in pack_lines(pack))
    assert any("THE FORM WAS NOT SEEN" in line for line in pack_markdown(pack))
    assert (pack_json(pack)["basis"], pack_json(pack)["form"]["seen"]) == ("law", False)
    assert any(one["from_memory"] for one in pack_json(pack)["fields"])


def test_what_is_missing_stands_first_in_every_format() -> None:
    pack = pack_of(case(measures_taken=None, measures_planned=None))
    text, markdown = list(pack_lines(pack)), list(pack_markdown(pack))

    assert [one.items for one in pack.missing] == [("measures_taken", "measures_planned")]
    for lines in (text, markdown):
        first = next(index for index, line in enumerate(lines) if "MISSING" in line)
        answer = next(index for index, line in enumerate(lines) if "1. Name of the controller" in line)
        assert first < answer
    assert next(iter(pack_json(pack)["missing"]))["facts"] == ["measures_taken", "measures_planned"]
    assert not pack.is_complete


def test_a_pack_with_every_fact_lacks_nothing() -> None:
    pack = pack_of(case())

    assert pack.is_complete, [one.label for one in pack.missing]
    assert "Nothing is missing." in list(pack_lines(pack))


def test_what_is_not_known_yet_is_answered_with_its_reason() -> None:
    pack = pack_of(case(subject_count={"unknown": {"en": "the logs are being read", "zh": "正在查阅日志"}}))
    field = next(one for one in pack.fields if one.items == ("subject_count",))

    assert field.state == "not_known_yet"
    assert "The logs are being read" in field.answer


def test_what_does_not_apply_is_an_answer() -> None:
    pack = pack_of(case(subject_count={"not_applicable": {"en": "no people are affected", "zh": "不涉及个人"}}))
    field = next(one for one in pack.fields if one.items == ("subject_count",))

    assert field.state == "answered"
    assert "Does not apply" in field.answer


def test_a_field_whose_condition_no_clock_decides_says_so() -> None:
    pack = pack_of({**case(delay_reason=None), "events": []})

    assert next(one for one in pack.fields if one.items == ("delay_reason",)).state == "undecided"


def test_a_fact_in_another_language_only_is_missing_and_told() -> None:
    pack = pack_of(case(consequences={"value": {"zh": "可能被冒用身份"}}, risk_assessment=None))
    field = next(one for one in pack.fields if "consequences" in one.items)

    assert field.state == "missing"
    assert "under `en`" in field.problem


def canary_number() -> str:
    """A card number that passes the check digit, and belongs to nobody."""
    return "4111 1111 1111 " + "1111"


def test_no_value_of_a_victim_is_shown_in_any_format() -> None:
    facts = facts_of(case(), now=NOW)
    leaked = LocalisedText(texts=dict.fromkeys(LANGS, f"the card {canary_number()}"))
    fact = Fact(name="breach_description", state=FactState.KNOWN, value=(leaked,))
    field = FormField(label={"en": "What", "zh": "经过"}, items=("breach_description",))
    form = FORMS["de-bw"].model_copy(update={"fields": (field,)})
    pack = make_pack(
        book().duty(GDPR_33), replace(facts, stated={**facts.stated, fact.name: fact}), "en",
        vocabulary=book().vocabulary, office=None, form=form, stage=None, is_late=False,
    )  # fmt: skip

    assert pack.fields[0].state == "refused"
    assert not pack.is_complete
    for text in ("\n".join(pack_lines(pack)), "\n".join(pack_markdown(pack)), str(pack_json(pack))):
        assert "4111" not in text


@pytest.mark.parametrize(("most", "state"), [(25, "too_long"), (26, "answered"), (27, "answered")])
def test_an_answer_that_is_longer_than_its_field_keeps_the_form_from_being_filed(most: int, state: str) -> None:
    field = FormField(label={"en": "What", "zh": "经过"}, items=("breach_description",), most=most)
    form = FORMS["de-bw"].model_copy(update={"fields": (field,)})
    values = case(breach_description={"value": {"en": "x" * 26, "zh": "经过"}})
    pack = make_pack(
        book().duty(GDPR_33), facts_of(values, now=NOW), "en", vocabulary=book().vocabulary, office=None, form=form,
        stage=None, is_late=False,
    )  # fmt: skip

    assert pack.fields[0].state == state
    assert (pack.fields[0] in pack.missing) is (state == "too_long")


def test_an_answer_cannot_end_the_block_that_it_stands_in() -> None:
    pack = pack_of(case(breach_description={"value": {"en": "a\n```\n# Heading", "zh": "经过"}}))
    lines = list(pack_markdown(pack))

    assert sum(line.startswith("```") for line in lines) % 2 == 0
    assert not any(line.strip() == "# Heading" and "```" in lines[index - 1] for index, line in enumerate(lines))


def test_the_moment_of_discovery_comes_from_the_events_where_no_fact_states_it() -> None:
    values = case(discovery_date=None)
    values["events"] = [{"id": "E1", "kind": "awareness", "occurred_at": "2026-11-29T10:00+01:00"}]
    field = next(one for one in pack_of(values).fields if one.items == ("discovery_date",))

    assert field.state == "answered"
    assert "29 November 2026, 17:00 (UTC+08:00)" in field.answer


def test_a_form_of_another_duty_and_a_form_that_there_is_not_are_refused() -> None:
    with pytest.raises(UsageProblem):
        pack_of(case(), form="us-ca-ag")
    with pytest.raises(NotFound, match="no form `de-xx`"):
        pack_of(case(), form="de-xx")
    with pytest.raises(UsageProblem):
        pack_of(case(), stage="nonsense")


def test_a_late_notice_needs_its_reasons() -> None:
    values = case(delay_reason=None)
    values["events"] = [{"id": "E1", "kind": "awareness", "occurred_at": "2026-11-20T10:00+01:00"}]
    late = next(one for one in pack_of(values).fields if one.items == ("delay_reason",))

    assert late.state == "missing"


def test_the_pack_of_a_first_notice_gives_the_one_reason_for_what_may_follow() -> None:
    values = case(data_categories=None, subject_count=None, subject_categories=None)
    open_ = values | {"not_known_yet": {"en": "we read the logs", "zh": "日志仍在分析"}}

    def answer(pack: Pack) -> str:
        return next(one.answer for one in pack.fields if one.items == ("data_categories",))

    assert answer(pack_of(open_, stage="initial")) == "Not yet known. We read the logs."
    assert answer(pack_of(open_)) == answer(pack_of(values, stage="initial")) == ""
