"""Reading playbook files: everything that is wrong is named at once, with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.playbooks.definitions import from_snapshot, parse_playbook, snapshot_of
from support.examples import examples
from support.responses import SMALL, small


def problems(**changes: str) -> list[str]:
    """What is wrong with the small playbook after these exchanges."""
    with pytest.raises(BadFile) as caught:
        small(**changes)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_loads_with_its_steps_in_order() -> None:
    playbook = small()

    assert list(playbook.steps) == ["contain", "note", "verify", "decide", "tell", "learn"]
    assert playbook.steps["note"].next == ("verify",)
    assert playbook.clocks["remediate"].id == "remediate"


def test_a_snapshot_gives_an_equal_playbook_in_the_same_order() -> None:
    playbook = small()
    again = from_snapshot(snapshot_of(playbook), name="snapshot")

    assert again == playbook
    assert list(again.steps) == list(playbook.steps)


@pytest.mark.parametrize("snapshot", [None, "", "{", "null", 5, "[]", '{"playbook": "x"}'])
def test_a_broken_snapshot_is_refused_by_name(snapshot: object) -> None:
    with pytest.raises(BadFile, match="the playbook of IR-1"):
        from_snapshot(snapshot, name="the playbook of IR-1")


@pytest.mark.parametrize(
    "text", ["[1, 2]", "just words", "steps: []", "steps: {a: 1}\nclocks: {c: 2}\nroles: x\nstart: 5"]
)
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadFile):
        parse_playbook(text, name="odd.yaml")


def test_an_unknown_kind_and_an_unknown_field_are_refused() -> None:
    found = problems(**{"kind: notice": "kind: robot", "title: Close it": "titel: Close it"})

    assert any("steps.tell.kind" in one and "'human', 'automated', 'decision' or 'notice'" in one for one in found)
    assert "line 11: steps.contain.titel: unknown field (did you mean `title`?)" in found


def test_problems_of_shape_and_of_meaning_are_reported_together() -> None:
    found = problems(
        **{"title: Close it": "titel: Close it", "next: verify": "next: verfy", "owner: dpo": "owner: dop"}
    )

    assert any("unknown field" in one for one in found)
    assert any("there is no step `verfy` (did you mean `verify`?)" in one for one in found)
    assert any("`dop` is no role of this playbook (did you mean `dpo`?)" in one for one in found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("start: [contain]", "start: [contian]", "start: there is no step `contian` (did you mean `contain`?)"),
        ("on_fail: contain", "on_fail: nowhere", "steps.verify.on_fail: there is no step `nowhere`"),
        ("next: [note, decide]", "next: [note]", "steps.decide: no way leads to this step"),
        ("do: Think.", "do: Think.\n    next: [contain]", "steps.contain.next: `next` leads back to this step"),
        ("    attempts: 2\n", "", "steps.verify.on_fail: leads back without a bound"),
        ("on_fail: contain", "on_fail: learn", "steps.verify.on_fail: must lead back to a step before this one"),
        ("    on_fail: contain\n", "", "steps.verify.attempts: counts failures, but there is no `on_fail`"),
        (", end: remediation_verified", "", "clocks.remediate: a clock without an `end`"),
        ("owner: owner\n    due", "due", "steps.contain: a step of kind human needs exactly one accountable `owner`"),
        ("    do: Tell them.\n", "", "steps.tell: a step of kind notice needs `do`"),
        ("    run: leakguard scan verify {findings}\n", "", "steps.verify: a step of kind automated needs `run`"),
        ("do: Write.", "do: Write.\n    run: make", "steps.note.run: a step of kind human has no `run`"),
        ("attempts: 2", "attempts: 2\n    evidence: [x]", "steps.verify.evidence: a step of kind automated has no"),
        ("second_person: counsel", "second_person: dpo", "the second person must have another role than the owner"),
        ("second_person: counsel", "second_person: lawyer", "`lawyer` is no role of this playbook"),
        ("emits: contained", "emits: containd", "no event is of the kind `containd` (did you mean `contained`?)"),
        ("    emits: high_risk_determined\n", "", "steps.decide.emits_when: there is no event"),
        (
            "{field: risk, is: high}\n    next",
            "{field: rosk, is: high}\n    next",
            "the form of this step has no `rosk`",
        ),
        ("label: How bad, options: [low, high]", "label: How bad", "`options` belong to a choice"),
        ("{type: text, label: Why", "{type: text, options: [a], label: Why", "`options` belong to a choice"),
        ("when: {step: decide", "when: {step: learn", "steps.tell.when: `learn` does not come before this step"),
        ("when: {step: decide, field: risk", "when: {step: decide, field: x", "the form of `decide` has no `x`"),
        ('at: "25%"', 'at: "101%"', "steps.contain.due: `at` must be a share"),
        ('at: "25%"', 'at: "soon"', "steps.contain.due: `at` must be a share"),
        ("at: PT20H", "at: PT25H", "steps.tell.due: due after `remediate` itself ends"),
        ("at: PT20H", "at: PT2H", "steps.tell.due: due before `contain`, which comes first"),
        ('of: remediate, at: "25%"', 'of: remedy, at: "25%"', "there is no clock `remedy`"),
        ("amount: {elapsed: PT24H}", "amount: {calendar: P1D}", "steps.contain.due: `at` must be a share of a clock"),
    ],
)
def test_each_static_check_names_the_place(old: str, new: str, expected: str) -> None:
    found = problems(**{old: new})

    assert any(expected in one and one.startswith("line ") for one in found), found


def test_wrong_types_are_reported_once_and_do_not_hide_the_rest() -> None:
    found = problems(
        **{
            "due: {of: remediate, at: PT20H}": "due: {of: 5, at: 6}",
            "when: {step: decide, field: risk, is: high}": "when: {step: 1, field: 2, is: x}",
            "risk: {type: choice, label: How bad, options: [low, high]}": "risk: 3",
            "next: [tell, learn]": "next: {a: b}",
            "amount: {elapsed: PT24H}": "amount: 5",
            'at: "25%"': "at: 7",
        }
    )

    assert any("steps.tell.due" in one for one in found)
    assert any("clocks.remediate" in one for one in found)
    assert any("steps.learn" in one or "steps.verify.next" in one for one in found)


def test_a_role_that_no_step_uses_is_named() -> None:
    found = problems(**{"counsel: agrees}": "counsel: agrees, guest: watches}"})

    assert found == ["line 4: roles.guest: no step belongs to this role"]


def test_a_condition_without_a_field_is_left_to_the_shape() -> None:
    found = problems(**{"when: {step: decide, field: risk, is: high}": "when: {step: decide, is: high}"})

    assert found == ["line 54: steps.tell.when.field: this field is missing"]


@examples(60)
@given(st.integers(0, len(SMALL)), st.integers(0, 40), st.text(alphabet="abc:{}[]-\n \"'%", max_size=8))
def test_a_damaged_file_loads_or_is_refused(at: int, cut: int, put: str) -> None:
    damaged = SMALL[:at] + put + SMALL[at + cut :]
    try:
        playbook = parse_playbook(damaged, name="damaged.yaml")
    except BadFile:
        return

    assert set(playbook.start) <= set(playbook.steps)
