"""Forms, reviews, duties and shapes that say something wrongly, and the rare ways in which they are read."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.public_days import days_to_cache
from leakguard.clocks.rules import Amount, BusinessHours
from leakguard.errors import BadFile, NotFound, UsageProblem
from leakguard.files import kept
from leakguard.files.fitting import load
from leakguard.files.light_reading import Misfit, reader_for
from leakguard.files.light_shapes import Field, LightShape
from leakguard.frozen import replace
from leakguard.notices import authorities
from leakguard.notices.book import load_duties
from leakguard.notices.changes import changes_since
from leakguard.notices.duties import Duty, Version
from leakguard.notices.duty_files import load_vocabulary
from leakguard.notices.duty_form import Found, expand
from leakguard.notices.filing_forms import load_forms
from leakguard.notices.filing_pack import _state
from leakguard.notices.format_rules import FormatRule
from leakguard.notices.joining import package_of
from leakguard.notices.place_states import PlaceRow, PlaceState
from leakguard.notices.provenance import _hours
from support.notices import GDPR_33, NOW, book, complete, facts_of

FORM = BundledFiles().text("authorities", "forms/gb-ico.yaml")
CA, TX = "us-ca-1798-82-individuals", "us-tx-521-053-individuals"


class Folders:
    """A folder with the files of a test."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        return tuple(name for name in self.texts if folder and name.endswith(suffix))

    def text(self, folder: str, name: str) -> str:
        return self.texts[name] if folder else ""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("seen: true", "seen: false", "has `fields` where it was seen"),
        ("items: [breach_description, cause]", "items: [breach_description, casue]", "unknown word `casue`"),
        ("zh: 报告类型", "fr: Type", "needs a `label` in English and in Chinese"),
        ("items: [discovery_method]", "items: [discovery_method], text: {en: a, zh: b}", "not both"),
        ("  fields:\n", "  more: [{label: {en: A, zh: B}, items: [cause]}]\n  fields:\n", "says `from_memory: true`"),
    ],
)
def test_a_form_that_says_it_wrongly_is_refused(old: str, new: str, problem: str) -> None:
    assert old in FORM
    with pytest.raises(BadFile) as refused:
        load_forms(Folders({"forms/gb-ico.yaml": FORM.replace(old, new, 1)}), book().vocabulary)

    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("statuses", "state"),
    [(["undecided"], "undecided"), (["optional"], "left_out"), (["present", "missing"], "answered")],
)
def test_a_field_stands_as_its_items_do(statuses: list[str], state: str) -> None:
    assert _state(statuses, "") == state  # type: ignore[arg-type]


def test_a_version_states_a_duty_or_that_there_was_none() -> None:
    with pytest.raises(BadFile) as refused:
        load('until: "2020-01-01"\n', Version, name="version.yaml")

    assert "`none: true`" in str(refused.value)


def test_a_folder_without_its_vocabulary_is_named() -> None:
    with pytest.raises(NotFound) as refused:
        load_vocabulary(Folders({}))

    assert "vocabulary.yaml" in str(refused.value)


def test_a_rule_deeper_than_any_file_stays_as_it_is() -> None:
    deep: dict[str, object] = {"use": "nothing"}
    for _ in range(60):
        deep = {"not": deep}
    found: Found = []
    expand({"duties": [{"id": "a", "trigger": {"rule": deep}}]}, found)

    assert found == []


def test_fields_in_common_cannot_come_from_a_list_of_rules() -> None:
    found: Found = []
    expand({"common": {"use": "a"}, "rules": {"a": [1]}, "duties": []}, found)

    assert found == [(("common",), "must be a mapping of fields")]


def test_a_decision_about_a_place_holds_no_value_of_a_person() -> None:
    values = complete()
    reason = "asked by 11010519491231002X"
    values["settled"] = [{"place": "KG", "role": "controller", "reason": reason, "by": "A. Counsel"}]
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    assert "settled[0].reason" in str(refused.value)
    assert "11010519491231002X" not in str(refused.value)


def test_a_settled_place_says_by_whom() -> None:
    values = complete()
    values["settled"] = [{"place": "KG", "role": "controller", "reason": "no duty", "by": "A. Counsel"}]
    (settled,) = facts_of(values).settled
    row = PlaceRow(place="KG", role="controller", state=PlaceState.NO_RULE_KNOWN, settled=settled)

    assert row.sentence == "KG, controller: no rule is known; settled by A. Counsel: no duty."
    assert replace(row, state=PlaceState.RULE).sentence == ""


def test_a_review_of_a_duty_that_was_split_is_asked_which_leg_it_means(tmp_path: Path) -> None:
    (tmp_path / "reviews.yaml").write_text("reviews: [{duty: id-pdp-46, by: A, on: 2026-01-02}]\n", encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        load_duties(BundledFiles(own_duties=tmp_path))

    assert "was split into" in str(refused.value)


def test_an_earlier_id_of_one_leg_is_that_leg() -> None:
    duty = book().duty(GDPR_33)
    renamed: Duty = duty.model_copy(update={"split_from": ("eu-old-33",)})

    assert replace(book(), duties=(renamed,)).duty("eu-old-33") == renamed


def test_two_fixed_titles_need_two_letters_and_of_two_remedies_the_longer_one_stands() -> None:
    california, texas = book().duty(CA), book().duty(TX)
    months = [FormatRule(text=f"{n} months", item="credit_monitoring", least_months=n) for n in (18, 12)]
    other: Duty = texas.model_copy(
        update={"format_rules": (FormatRule(text="its own title", title="Notice to Texans"), *months)}
    )
    package = package_of([california, other], book().vocabulary, law="us")

    assert [duty.id for duty in package.apart] == [TX]
    assert package.joined is not None
    assert {rule.least_months for rule in package.joined.format_rules if rule.least_months} == {18}


def test_business_hours_count_as_hours() -> None:
    assert _hours(Amount(business_hours=BusinessHours(amount="PT8H"))) == 8
    assert _hours(Amount(none=True)) is None


def test_a_country_that_the_library_lacks_is_left_out() -> None:
    assert days_to_cache(["ZZ", "DE"], [2026])[1].keys() == {"DE"}


def test_a_release_is_asked_of_the_metadata_where_no_folder_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.files.kept.os.listdir", lambda _: [])
    kept.installed_release.cache_clear()

    assert kept.installed_release("babel") == version("babel")
    kept.installed_release.cache_clear()


def test_offices_that_were_read_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorities, "_REMEMBERED", 0)
    monkeypatch.setattr(authorities, "_parsed", {})
    found = authorities.Authorities(BundledFiles(), book().vocabulary)

    assert [one.id for one in found.of_country("GB") if one.id == "gb-ico"] == ["gb-ico"]
    assert found.of_country("FR")


class Marked(LightShape):
    """Fields that the strict reader leaves to the lenient one."""

    number: Annotated[int, "a mark of somebody else"]
    even: int = Field(default=2, multiple_of=2)
    day: date = date(2026, 1, 1)


def test_what_the_strict_reader_does_not_know_is_left_to_the_lenient_one() -> None:
    read = load("number: 4\neven: 6\n", Marked, name="marked.yaml")

    assert (read.number, read.even) == (4, 6)
    assert reader_for(date)(date(2026, 1, 2)) == date(2026, 1, 2)
    with pytest.raises(BadFile):
        load("number: 4\neven: 5\n", Marked, name="marked.yaml")


def test_a_clock_list_knows_how_many_it_holds() -> None:
    from leakguard.notices.book import statuses_of  # noqa: PLC0415  (beside what it is asked about)

    one = replace(book(), duties=(book().duty(GDPR_33),))
    assert len(statuses_of(one, facts_of(complete()), NOW)) == len(book().duty(GDPR_33).phases)


def test_a_number_beyond_every_size_is_refused_and_is_no_bug() -> None:
    with pytest.raises(Misfit):
        reader_for(float)(10**400)

    assert reader_for(float)(3) == 3.0


def test_a_version_of_thousands_of_digits_is_no_version() -> None:
    with pytest.raises(UsageProblem) as refused:
        changes_since((), "9" * 5000 + ".1")

    assert "Write a version such as 0.1.0" in refused.value.next_step
