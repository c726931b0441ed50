"""What is wrong with a file of a method is named, all of it at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.notices.severity.method_file import parse_enisa, parse_table
from support.notices import to_text
from support.severity import methods

TABLE: dict[str, Any] = {
    "method": "short",
    "title": "A short method",
    "source": {
        "name": "A text", "url": "https://law.example/", "kind": "official", "verified_on": "2026-11-24",
        "confidence": "sourced",
    },
    "decided_by": "A person decides.",
    "outcomes": {"tell": "tell", "record": "record"},
    "factors": [{"id": "risky", "text": "a risk", "when": {"fact": "risk", "is": "risk"}}],
    "rows": [{"outcome": "tell", "text": "a risk", "all_of": ["risky"]}],
    "otherwise": {"outcome": "record", "text": "no risk"},
}  # fmt: skip
ENISA: dict[str, Any] = yaml.safe_load(BundledFiles().text("duties", "severity/enisa-2013.yaml"))


def refused(values: dict[str, Any]) -> str:
    with pytest.raises(BadFile) as error:
        parse_table(to_text(values), name="short.yaml", vocabulary=methods().vocabulary)
    return str(error.value)


def refused_enisa(values: dict[str, Any]) -> str:
    with pytest.raises(BadFile) as error:
        parse_enisa(to_text(values), name="enisa.yaml", vocabulary=methods().vocabulary)
    return str(error.value)


def test_the_short_table_is_right_so_that_each_fault_below_is_the_only_one() -> None:
    assert parse_table(to_text(TABLE), name="short.yaml", vocabulary=methods().vocabulary).method == "short"
    assert parse_enisa(to_text(ENISA), name="enisa.yaml", vocabulary=methods().vocabulary).method == "enisa-2013"


@pytest.mark.parametrize("field", ["name", "url", "kind", "verified_on", "confidence"])
def test_a_method_without_its_source_is_refused(field: str) -> None:
    values = copy.deepcopy(TABLE)
    del values["source"][field]

    assert f"source.{field}: this field is missing" in refused(values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rows": [{"outcome": "tell", "text": "x"}]}, "names no factor"),
        ({"rows": [{"outcome": "tell", "text": "x", "any_of": ["riski"]}]}, "`riski` (did you mean `risky`?)"),
        ({"rows": [{"outcome": "shout", "text": "x", "none_of": ["risky"]}]}, "unknown outcome `shout`"),
        ({"otherwise": {"outcome": "shout", "text": "x"}}, "unknown outcome `shout`"),
        ({"presumed": "shout"}, "unknown outcome `shout`"),
        ({"factors": [*TABLE["factors"], copy.deepcopy(TABLE["factors"][0])]}, "the id `risky` stands here twice"),
        ({"factors": [{"id": "risky", "text": "x", "when": {"fact": "risks", "is": "a"}}]}, "(did you mean `risk`?)"),
        ({"factors": [{"id": "risky", "text": "x", "when": {"categories": ["weather"]}}]}, "kind of data `weather`"),
    ],
)  # fmt: skip
def test_each_fault_of_a_table_is_named(change: dict[str, Any], says: str) -> None:
    assert says in refused({**copy.deepcopy(TABLE), **change})


def test_all_faults_of_a_table_are_named_together() -> None:
    said = refused(copy.deepcopy({**TABLE, "presumed": "shout", "rows": [{"outcome": "tell", "text": "x"}]}))

    assert "2 problems" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"class_of": {**ENISA["class_of"], "weather": "simple"}}, "unknown kind of data `weather`"),
        ({"class_of": {**ENISA["class_of"], "health": "grave"}}, "unknown class `grave`"),
        ({"class_of": {k: v for k, v in ENISA["class_of"].items() if k != "health"}}, "`health` has no class"),
        ({"bands": ENISA["bands"][1:]}, "must start at 0 and rise"),
        ({"bands": ENISA["bands"][::-1]}, "must start at 0 and rise"),
        ({"scales": {**ENISA["scales"], "malicious": {"false": 1, "true": 0.5}}}, "must rise"),
        ({"scales": {**ENISA["scales"], "ei": {"none": 0}}}, "must have the words of the fact `identification_ease`"),
        ({"adjustments": {"raise": ["volume"], "lower": []}}, "must have the reasons of the fact `dpc_adjustments`"),
        ({"flags": [{"id": "a", "text": "b", "when": {"fact": "people", "is": True}}]}, "unknown fact `people`"),
    ],
)  # fmt: skip
def test_each_fault_of_the_parameters_is_named(change: dict[str, Any], says: str) -> None:
    assert says in refused_enisa(copy.deepcopy({**ENISA, **change}))


@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_reason(text: str) -> None:
    for parse in (parse_table, parse_enisa):
        with pytest.raises(BadFile):
            parse(text, name="x", vocabulary=methods().vocabulary)
