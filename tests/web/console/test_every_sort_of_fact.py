"""Facts on the console: every sort of fact as it is typed, sent back and refused."""

from __future__ import annotations

from typing import Any

import pytest

from support.door import BEN, Served
from support.facts_desk import FIRST, Desk

pytestmark = pytest.mark.long


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"organisation.name": ""}, "the name of the organisation is missing"),
        ({"aware_day": "soon"}, "cannot be read"),
        ({"aware_day": "2099-01-01"}, "is in the future"),
        ({"subjects_by_jurisdiction.place": ["Narnia", "", ""]}, "this is no place that is known"),
        ({"subjects_by_jurisdiction.exact": ["many", "", ""]}, "must be a whole number"),
        ({"subjects_by_jurisdiction.exact": ["9" * 5_000, "", ""]}, "must be a whole number"),
        ({"subjects_by_jurisdiction.exact": ["", "", ""]}, "state how many people live there"),
        ({"exposure.state": "unknown"}, "say why"),
    ],
)
def test_refused_first_facts_come_back_as_typed_and_nothing_is_kept(desk: Desk, wrong: Any, says: str) -> None:  # noqa: ANN401  (a form takes texts and lists)
    ben = desk.at(BEN)
    ben.send(f"{desk.facts}/start", {**FIRST, **wrong}, status=400)
    assert says in ben.text
    assert ben.form(f"{desk.facts}/start").fields["breach_description.text"] == FIRST["breach_description.text"]
    assert desk.ask("GET", f"/incidents/{desk.incident}/interview")["sha256"] is None


@pytest.mark.parametrize(
    ("fact", "typed", "kept"),
    [
        ("subject_count", {"exact": "1 200"}, {"value": 1200}),
        ("subject_count", {"low": "100", "high": "200"}, {"estimate": {"low": 100, "high": 200}}),
        ("subject_count", {"low": "100"}, {"estimate": {"low": 100, "high": 100}}),
        ("direct_loss", {"exact": "5", "currency": "eur"}, {"value": {"amount": 5, "currency": "EUR"}}),
        ("direct_loss", {"high": "9", "currency": "CNY"}, {"estimate": {"low": 0, "high": 9, "currency": "CNY"}}),
        ("containment_date", {"from_day": "2026-06-11", "from_time": "08:30"}, {"value": "2026-06-11T08:30"}),
        (
            "breach_date", {"from_day": "2026-06-01", "to_day": "2026-06-03"},
            {"value": {"earliest": "2026-06-01", "latest": "2026-06-03"}},
        ),
        ("encryption", {"encrypted": "true", "key_safe": "null"}, {"value": {"encrypted": True, "key_safe": None}}),
        ("hotline", {"name": "Help desk", "phone": "+49 30 1"}, {"value": {"name": "Help desk", "phone": "+49 30 1"}}),
        ("measures_prevent", {"text": "one\n\ntwo "}, {"value": ["one", "two"]}),
        ("location", {"text": "in our\nown hall"}, {"value": "in our own hall"}),
        ("operates_in", {"place": ["de", "US-CA California", ""]}, {"value": ["DE", "US-CA"]}),
        ("dpc_adjustments", {"step.volume": "+1", "step.profiling": "x"}, {"value": {"volume": 1}}),
    ],
)  # fmt: skip
def test_each_kind_of_fact_is_typed_in_fields_of_its_own(
    desk: Desk, fact: str, typed: dict[str, Any], kept: Any  # noqa: ANN401  (a form takes texts and lists)
) -> None:  # fmt: skip
    desk.write(**{fact: None})
    ben = desk.at(BEN, f"?at={fact}")
    ben.send(desk.facts, {f"{fact}.{name}": value for name, value in typed.items()})
    assert desk.document["facts"][fact] == kept
    ben.open(f"{desk.facts}?at={fact}").send(desk.facts)
    assert desk.document["facts"][fact] == kept


SENT_BACK: dict[str, list[Any]] = {
    "subject_count": [{"value": 1200}, {"estimate": 1200}, {"estimate": {"low": 1000, "high": 5000}}],
    "direct_loss": [{"estimate": {"low": 1, "high": 9, "currency": "CNY"}}],
    "subjects_by_jurisdiction": [{"estimate": {"DE": {"low": 1000, "high": 5000}, "FR": 7}}],
    "breach_date": [
        {"value": "2026-05-23"}, {"value": "2026-05-23T22:40:30Z"}, {"value": "2026-05-24T06:40"},
        {"value": {"earliest": "2026-05-23T22:40:30Z", "latest": "2026-05-24T01:00:00+02:00"}},
        {"value": {"earliest": "2026-05-23", "latest": "2026-05-24T01:00:05Z"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(("fact", "stated"), [(name, one) for name, values in SENT_BACK.items() for one in values])
def test_a_stated_value_of_any_form_is_sent_back_as_it_was(desk: Desk, fact: str, stated: Any) -> None:  # noqa: ANN401  (a fact has any form)
    desk.write(**{fact: stated})
    before = desk.document
    desk.at(BEN, f"?at={fact}").send(desk.facts)
    assert desk.document == before


@pytest.mark.parametrize(
    ("fact", "stated", "typed", "kept"),
    [
        ("subject_count", {"estimate": {"low": 1000, "high": 5000}}, {"exact": "3,200"}, {"value": 3200}),
        ("subject_count", {"value": 3200}, {"low": "1000", "high": "5000"}, {"estimate": {"low": 1000, "high": 5000}}),
        (
            "direct_loss", {"estimate": {"low": 1, "high": 9, "currency": "CNY"}}, {"exact": "5"},
            {"value": {"amount": 5, "currency": "CNY"}},
        ),
        (
            "subjects_by_jurisdiction", {"estimate": {"DE": {"low": 1000, "high": 5000}}},
            {"exact": ["3200", "", "", ""]}, {"value": {"DE": 3200}},
        ),
    ],
)  # fmt: skip
def test_a_number_that_is_typed_beside_what_is_stated_counts(
    desk: Desk, fact: str, stated: Any, typed: dict[str, Any], kept: Any  # noqa: ANN401  (as above)
) -> None:  # fmt: skip
    desk.write(**{fact: stated})
    page = desk.at(BEN, f"?at={fact}")
    rows = len(page.form(desk.facts).xpath(f".//input[@name='{fact}.exact']"))
    values = {
        name: [*value, *[""] * (rows - len(value))] if isinstance(value, list) else value
        for name, value in typed.items()
    }
    page.send(desk.facts, {f"{fact}.{name}": value for name, value in values.items()})
    assert desk.document["facts"][fact] == kept


@pytest.mark.parametrize("section", ["who", "what", "whom", "risk", "done", "told", "special", "letters", "none"])
def test_every_section_is_sent_back_without_a_change(desk: Desk, section: str) -> None:
    desk.write()
    before = desk.document
    ben = desk.at(BEN, f"/form?section={section}")
    if any(form.get("action") == f"{desk.facts}/form" and form.xpath(".//button") for form in ben.html.forms):
        ben.send(f"{desk.facts}/form")
    assert desk.document == before


@pytest.mark.parametrize(
    ("typed", "stated"),
    [
        ({"all_people": "1"}, {"value": 1200}),
        ({"all_people": "1", "subjects_by_jurisdiction.place": ["DE", "FR", ""],
          "subjects_by_jurisdiction.low": ["", "20", ""], "subjects_by_jurisdiction.high": ["", "40", ""]},
         {"estimate": {"low": 1220, "high": 1240}}),
        ({"all_people": "1", "subjects_by_jurisdiction.place": ["", "", ""]}, None),
        ({"all_people": []}, None),
    ],
)  # fmt: skip
def test_the_people_of_all_places_together_are_the_number_of_people_unless_there_are_more(
    desk: Desk, typed: dict[str, Any], stated: object
) -> None:
    desk.at(BEN).send(f"{desk.facts}/start", {**FIRST, **typed})
    assert desk.document["facts"].get("subject_count") == stated
