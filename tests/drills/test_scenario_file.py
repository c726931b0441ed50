"""Scenario files: read strictly, with every problem named at its line and the nearest known name beside it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leakguard.drills.scenario_file import parse_scenario, snapshot_of
from leakguard.drills.shapes import Scenario
from leakguard.errors import BadFile
from support.drills import SHORT, materials, scenario_of


def changed(**changes: Any) -> str:  # noqa: ANN401  (fields of a file)
    """The short scenario with other fields; `None` takes one away."""
    values = yaml.safe_load(SHORT) | changes
    return yaml.safe_dump({name: value for name, value in values.items() if value is not None}, sort_keys=False)


def problems(text: str) -> str:
    with pytest.raises(BadFile) as refused:
        scenario_of(text)
    return refused.value.message


def inject(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  (as above)
    return {"at": "2026-05-20T09:00", "title": "x", "invented": "a test"} | changes


def test_a_scenario_is_read_and_comes_back_equal_from_its_snapshot() -> None:
    scenario = scenario_of()

    assert scenario.playbook == "exposed-datastore-24h"
    assert Scenario.model_validate(snapshot_of(scenario)) == scenario


def test_a_file_that_is_no_mapping_is_refused() -> None:
    assert "must be a mapping" in problems("- a\n")


def test_all_problems_of_the_shape_are_named_with_their_lines() -> None:
    text = changed(titel="x", pace=2, version="one", zone="Europe/Berlim")
    said = problems(text)

    assert "did you mean `title`?" in said
    assert "unknown time zone" in said
    assert "version" in said
    assert said.count("line ") >= 3


def test_all_problems_of_the_names_are_named_together() -> None:
    said = problems(
        changed(
            sources={"press": {"name": "A paper", "read": "not"}, "idle": {"name": "Another", "read": "whole"}},
            facts=[{"what": "x", "source": "pres"}],
            cast={"commander": "Ada", "system_owner": "Ben", "dpo": "Dora", "counsel": "Emil", "communicator": "Fay"},
            acknowledges={"by": "comander"},
            by_the_book={"forgotten": ["lern"]},
            answers={"scope_data": {"peple_low": 3}, "scop_data": {"x": 1}},
            injects={"contain": inject(), "known": inject(to="dpoo", source="pres", invented=None)},
            acts={
                "verify": {"role": "dpo", "after": "known", "says": "x"},
                "closed": {"role": "dpo", "after": "nown", "says": "x"},
                "one": {"role": "dpo", "after": "two", "says": "x"},
                "two": {"role": "dpoh", "after": "one", "files": {"duty": "eu-gdpr-33-authorty"}},
                "three": {"role": "dpo", "after": "known", "files": {"duty": "eu-gdpr-33-authority", "stage": "final"}},
                "four": {"step": "contian"},
                "five": {"fails": "verfy", "says": "x", "after": "known"},
                "six": {"role": "dpo", "after": "known", "event": {"kind": "note", "fields": {"tekst": "x"}}},
                "seven": {"role": "dpo", "after": "known", "starts": "exposed-datastore"},
            },
            closes_after=["oneone"],
        )
    )  # fmt: skip

    for words in (
        "facts[0].source: `pres` is no source of this scenario (did you mean `press`?)",
        "sources.idle: nothing here rests on this source",
        "nobody plays the playbook's role `analyst`",
        "`comander` is no role of the cast (did you mean `commander`?)",
        "`lern` is no step of exposed-datastore-24h (did you mean `learn`?)",
        "`peple_low` is no question of `scope_data` (did you mean `people_low`?)",
        "answers.scop_data: `scop_data` is no step",
        "injects.contain: the name belongs to another moment",
        "injects.known: the name belongs to another moment",
        "`dpoo` is no role",
        "acts.verify: the name belongs to another moment",
        "acts.closed: the name belongs to another moment",
        "`nown` is no moment of this scenario (did you mean `known`?)",
        "acts.one.after: waits for itself",
        "acts.two.after: waits for itself",
        "`dpoh` is no role",
        "`eu-gdpr-33-authorty` is no duty that we know (did you mean `eu-gdpr-33-authority`?)",
        "`final` is no stage of eu-gdpr-33-authority",
        "`contian` is no step",
        "`verfy` is no step",
        "`tekst` is no field of an event `note` (did you mean `text`?)",
        "`exposed-datastore` is no playbook that we have",
        "`oneone` is no inject or act of this scenario",
    ):
        assert words in said


def test_an_act_after_a_step_that_nobody_does_is_refused() -> None:
    acts = {"late": {"role": "dpo", "after": "learn", "says": "x"}}

    assert "`learn` is forgotten, so this would never be done" in problems(changed(acts=acts))


def test_an_unknown_playbook_is_named_once() -> None:
    said = problems(changed(playbook="exposed-datastore-23h"))

    assert "(did you mean `exposed-datastore-24h`?)" in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"begins_at": "yesterday"}, "begins_at: this is no time that can be read"),
        ({"ends_at": "2026-05-20T07:00"}, "must lie after `begins_at`"),
        ({"ends_at": "2028-05-20T07:00"}, "at most 400 days"),
        ({"injects": {"a": inject(at="2026-05-21T07:00")}, "acts": {}}, "injects.a.at: lies outside of the drill"),
        ({"injects": {"a": inject(at="2026-05-20")}, "acts": {}}, "one exact time is needed"),
        ({"acts": {"a": {"role": "dpo", "at": "2026-05-19T12:00", "says": "x"}}}, "acts.a.at: lies outside"),
        (
            {"known": {"at": "2026-05-20T08:30", "by": "dpo", "how": "x", "invented": "x", "records": [],
                       "not_before": "2026-05-20T09:00"}},
            "lies after the moment at which somebody knew",
        ),
        (
            {"acts": {"a": {"role": "dpo", "after": "known", "event": {"kind": "note", "at": "never"}}}},
            "acts.a.event.at: this is no time",
        ),
    ],
)  # fmt: skip
def test_times_that_make_no_sense_are_named(changes: dict[str, Any], words: str) -> None:
    assert words in problems(changed(**changes))


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"after": "known", "says": "x"}, "needs the `role`"),
        ({"role": "dpo", "says": "x"}, "needs `at` or `after`"),
        ({"role": "dpo", "after": "known"}, "an act does one of"),
        ({"role": "dpo", "after": "known", "fails": "verify"}, "fails (with says)"),
        ({"role": "dpo", "at": "2026-05-20T09:00", "in": "PT1H", "says": "x"}, "give either `at`"),
        ({"role": "dpo", "after": "known", "step": "learn", "files": {"duty": "x"}}, "an act does one of"),
        ({"role": "dpo", "after": "known", "event": {"kind": "awarenes"}}, "did you mean `awareness`?"),
    ],
)
def test_an_act_that_says_too_much_or_too_little_is_refused(act: dict[str, Any], words: str) -> None:
    assert words in problems(changed(acts={"one": act}))


def test_what_is_told_has_a_source_or_is_invented_but_not_both() -> None:
    both, neither = inject(source="x"), inject(invented=None)
    known = {"at": "2026-05-20T08:30", "by": "dpo", "how": "x", "records": []}
    said = problems(changed(injects={"a": both, "b": neither}, facts=[{"what": "x"}], known=known))

    assert said.count("an inject has either") == 2
    assert "a fact has either" in said
    assert "`known` has either" in said


def test_an_inject_is_prevented_by_a_kind_of_event_that_exists() -> None:
    assert "did you mean `contained`?" in problems(changed(injects={"a": inject(unless="containd")}))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(sorted(yaml.safe_load(SHORT))),
)
def test_whatever_a_field_holds_the_file_is_read_or_refused(value: Any, name: str) -> None:  # noqa: ANN401  (anything)
    text = yaml.safe_dump(yaml.safe_load(SHORT) | {name: value})
    with suppress(BadFile):
        assert parse_scenario(text, name="fuzz.yaml", known=materials().known).scenario
