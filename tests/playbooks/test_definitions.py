"""Reading playbook files: everything that is wrong is named at once, with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.playbooks.definitions import from_snapshot, parse_playbook, snapshot_of
from leakguard.playbooks.words import CSF_IDS
from support.examples import examples
from support.responses import SMALL, small

CLOCK = "anchor: first(notice_received), end: remediation_verified"
OTHER = "anchor: first(notice_read), end: remediation_verified"
INNER = "clocks:\n"
DO = "do: Write."
MAPS = "    maps_to: {nist: ["
ROUND = "    emits_when: {field: risk, is: high}\n"
RUN = "    run: leakguard scan verify {findings}\n"


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
    assert from_snapshot(snapshot_of(playbook), name="snapshot") is again  # a page asks several times


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
        ("    run: leakguard scan verify {findings}\n", "", "steps.verify: a step of kind automated needs an `action`"),
        ("do: Write.", "do: Write.\n    run: make", "steps.note.run: a step of kind human has no `run`"),
        ("attempts: 2", "attempts: 2\n    evidence: [x]", "steps.verify.evidence: a step of kind automated has no"),
        ("second_person: counsel", "second_person: dpo", "the second person must have another role than the owner"),
        ("second_person: counsel", "second_person: lawyer", "`lawyer` is no role of this playbook"),
        ("emits: contained", "emits: containd", "no event is of the kind `containd` (did you mean `contained`?)"),
        ("emits: contained", "emits: closed", "steps.contain.emits: no step records `closed`"),
        ("emits: contained", "emits: retracted", "steps.contain.emits: no step records `retracted`"),
        ("emits: contained", "emits: paused", "an event `paused` means nothing without `basis`"),
        ("emits: high_risk", "emits: cancelled\n    x: ", "means nothing without `clock` or `obligation`"),
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
        ("kind: notice", "kind: notise", "steps.tell.kind: Input should be"),
        ("kind: notice", "kind: notise", "(did you mean `notice`?)"),
        ("    next: verify\n", "", "steps.note: a dead end: say what follows in `next`, or name the step in `end`"),
        ("start: [contain]", "start: [contain]\nend: [lern]", "end: there is no step `lern` (did you mean `learn`?)"),
        ("start: [contain]", "start: [contain]\nend: [note, learn]", "steps.note.next: `end` names this step"),
        ("start: [contain]", "start: [contain]\nend: [note]", "steps.learn: a dead end"),
        ("end: remediation_verified", "end: recovered", "clocks.remediate.end: no step emits `recovered`"),
        ("pausable: with_basis", "within: remedy", "clocks.remediate.within: there is no clock `remedy` (did you mean"),
        ("pausable: with_basis", "within: remediate", "clocks.remediate.within: the clocks are within one another"),
        (
            INNER,
            f"{INNER}  more: {{within: remediate, {CLOCK}, amount: {{elapsed: PT25H}}}}\n",
            "clocks.more: longer than",
        ),
        (INNER, f"{INNER}  more: {{within: remediate, {OTHER}, amount: {{elapsed: PT2H}}}}\n", "with one anchor"),
        (
            INNER,
            f"{INNER}  more: {{within: remediate, {CLOCK}, amount: {{calendar: P1D}}}}\n",
            "clocks.more.within: only clocks of exact",
        ),
        ("is: high}\n    due", "is: hihg}\n    due", "`hihg` is no option of the question (did you mean `high`?)"),
        ("is: high}\n    due", "one_of: [high, soon]}\n    due", "`soon` is no option of the question"),
        ("is: high}\n    due", "at_least: 3}\n    due", "`at_least` asks for a number"),
        ("is: high}\n    due", "is: high, is_not: low}\n    due", "give exactly one of is, is_not, one_of, at_least"),
        (
            "field: risk, is: high}\n    due",
            "field: basis, is: true}\n    due",
            "`True` cannot be the answer to a question of",
        ),
        ("{type: text, label: Why", "{type: text, at_most: 3, label: Why", "belong to a number"),
        ("{type: text, label: Why", "{type: number, at_least: 4, at_most: 3, label: Why", "no number is between"),
        (
            ROUND,
            f"{ROUND}    repeat: {{until: {{field: rsk, is: low}}, at_most: 2}}\n",
            "decide.repeat.until: the form of this",
        ),
        (
            ROUND,
            f"{ROUND}    repeat: {{until: {{field: risk, is: low}}, at_most: 2, from: tell}}\n",
            "must be a step before",
        ),
        (
            ROUND,
            f"{ROUND}    repeat: {{until: {{field: risk, is: low}}, at_most: 2, from: tel}}\n",
            "no step `tel` (did you",
        ),
        (
            ROUND,
            f"{ROUND}    repeat: {{until: {{field: risk, is: low}}}}\n",
            "steps.decide.repeat.at_most: this field is missing",
        ),
        (ROUND, f"{ROUND}    repeat: {{until: {{field: risk, is: low}}, at_most: 21}}\n", "less than or equal to 20"),
        ("attempts: 2", "attempts: 2\n    undone_by: exposure_sen_again", "(did you mean `exposure_seen_again`?)"),
        ("    run: leakguard", "    action: verfy\n    run: leakguard", "steps.verify.action: Input should be"),
        ("    run: leakguard", "    action: notify\n    run: leakguard", "the action notify needs `role` under `with`"),
        (
            RUN,
            "    action: notify\n    with: {role: dop, message: M}\n",
            "`dop` is no role of this playbook (did you mean `dpo`?)",
        ),
        (
            RUN,
            "    action: webhook\n    with: {chanel: a, message: M}\n",
            "does not know `chanel` (did you mean `channel`?)",
        ),
        (
            f"{RUN}    emits: remediation_verified",
            "    action: verify\n    emits: recovered",
            "ends by the event `remediation_verified`",
        ),
        ("    run: leakguard", "    repeat_safe: true\n    run: leakguard", "`repeat_safe` is about an `action`"),
        ("do: Write.", "do: Write.\n    action: scan", "steps.note.action: a step of kind human has no `action`"),
        ("version: 1", "version: 1\ntested_on: 2026-13-01", "tested_on: "),
    ],
)
def test_each_static_check_names_the_place(old: str, new: str, expected: str) -> None:
    found = problems(**{old: new})

    assert any(expected in one and one.startswith("line ") for one in found), found


def test_an_event_that_needs_a_field_is_recorded_by_a_step_that_always_asks_for_it() -> None:
    """What may be left out, and a list, which no event carries, is not enough."""
    asked = {"emits: contained": "emits: paused\n    form: {basis: {type: text, label: Why}}"}
    assert small(**asked).steps["contain"].emits == "paused"
    for question in ("{type: text, label: Why, required: false}", "{type: list, label: Why}"):
        told = problems(**{"emits: contained": f"emits: paused\n    form: {{basis: {question}}}"})
        assert any("means nothing without `basis`" in one for one in told)


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


def test_what_a_machine_may_do_twice_is_what_only_looks_unless_the_file_says_otherwise() -> None:
    looks = small(**{RUN: "    action: verify\n"}).steps["verify"]
    told = {
        "    emits: remediation_verified\n    on_fail": "    on_fail",
        INNER: INNER,
        "end: remediation_verified": "end: contained",
    }
    tells = small(**told, **{RUN: "    action: notify\n    with: {role: dpo, message: M}\n"}).steps["verify"]
    said = {RUN: "    action: notify\n    with: {role: dpo, message: M}\n    repeat_safe: true\n"}

    assert looks.is_repeat_safe
    assert not tells.is_repeat_safe
    assert small(**told, **said).steps["verify"].is_repeat_safe


def test_clocks_that_are_within_one_another_in_a_ring_are_refused_wherever_the_ring_begins() -> None:
    ring = "".join(
        f"  {name}: {{within: {outer}, {CLOCK}, amount: {{elapsed: PT2H}}}}\n"
        for name, outer in (("one", "two"), ("two", "three"), ("three", "two"))
    )
    found = problems(**{INNER: f"{INNER}{ring}"})

    assert [one for one in found if "within one another" in one and ("two" in one or "three" in one)]
    assert not any("clocks.one" in one for one in found)


def test_a_clock_that_a_person_ends_by_a_command_has_an_end() -> None:
    playbook = small(
        **{
            "end: remediation_verified": "end: filed",
            "do: Tell them.": "do: 'leakguard incident event {incident} filed'",
        }
    )

    assert playbook.clocks["remediate"].end == "filed"


def test_a_part_of_a_clock_that_cannot_be_read_is_not_compared() -> None:
    found = problems(**{INNER: f"{INNER}  more: {{within: remediate, {CLOCK}, amount: 5}}\n"})

    assert not any("longer" in one or "compared" in one for one in found)


def test_the_day_of_the_last_walk_is_a_day_of_the_calendar() -> None:
    assert small(**{"version: 1": "version: 1\ntested_on: 2026-02-28"}).tested_on == "2026-02-28"


def test_a_subcategory_of_the_framework_must_be_one_that_exists() -> None:
    """The gaps are real: RS.AN-01 was withdrawn with version 2.0."""
    assert len(CSF_IDS) == 106
    assert any(
        "`RS.AN-01` is no subcategory of the CSF 2.0" in one for one in problems(**{DO: f"{DO}\n{MAPS}RS.AN-01]}}"})
    )
    assert any("perhaps RS.MA-" in one for one in problems(**{DO: f"{DO}\n{MAPS}RS.MA-06]}}"}))
    assert problems(**{DO: f"{DO}\n{MAPS}x]}}"})
    assert small(**{DO: f"{DO}\n{MAPS}RS.AN-06]}}"}).steps["note"].maps_to.nist == ("RS.AN-06",)


def test_a_step_has_one_accountable_role_and_not_two() -> None:
    assert any(
        "steps.note.owner" in one
        for one in problems(**{"owner: owner\n    do: Write.": "owner: [owner, dpo]\n    do: W."})
    )


def test_a_snapshot_of_an_earlier_release_is_read() -> None:
    """There a step had one condition, and no machine."""
    value = json.loads(snapshot_of(small()))
    value["steps"]["tell"]["when"] = value["steps"]["tell"]["when"][0]
    again = from_snapshot(json.dumps(value), name="old")

    assert again == small()
