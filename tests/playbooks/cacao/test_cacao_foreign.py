"""CACAO documents of other tools: what people can do becomes steps, all else is refused by the id of its object."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile, LeakGuardError
from leakguard.playbooks.cacao.importing import ImportedPlaybook, from_cacao
from leakguard.playbooks.cacao.names import EXTENSION
from leakguard.playbooks.cacao.reading import MAX_CHARACTERS, MAX_OBJECTS, MOST_PROBLEMS
from support.examples import examples
from support.foreign_cacao import (
    ASK,
    BOTH,
    END,
    HOST,
    IF,
    ISOLATE,
    LOG,
    START,
    TEAM,
    WARN,
    end,
    foreign,
    key,
    manual,
    text_of,
)

Change = Callable[[dict[str, Any]], object]
TLP, IEP, LOGIN = key("marking-tlp", "tlp"), key("marking-iep", "iep"), key("user-auth", "login")


def imported(change: Change = lambda _: None) -> ImportedPlaybook:
    document = foreign()
    change(document)
    return from_cacao(text_of(document), name="theirs.json")


def problems(change: Change) -> list[str]:
    with pytest.raises(BadFile) as caught:
        imported(change)
    return [str(problem) for problem in caught.value.problems]


def test_manual_steps_become_steps_for_people_in_their_order() -> None:
    found = imported().playbook

    assert found.playbook == "isolate-a-host"
    assert found.start == ("isolate",)
    assert {name: step.next for name, step in found.steps.items()} == {
        "isolate": ("ask_the_owner", "log"),
        "ask_the_owner": ("decide_how_to_go_on",),
        "log": ("decide_how_to_go_on",),
        "decide_how_to_go_on": ("warn",),
        "warn": (),
    }
    assert found.roles == {"response_team": "Acts first", "service_desk": "Service desk"}
    assert found.steps["log"].owner == "service_desk"
    assert found.about == ("Written elsewhere.", "Two lines.")
    assert found.references[0].startswith(f"CACAO 2.0: {key('playbook', 'theirs')}, created by identity--")


def test_a_condition_becomes_a_question_to_a_person() -> None:
    found = imported().playbook
    asked, warned = found.steps["decide_how_to_go_on"], found.steps["warn"]

    assert asked.kind == "decision"
    assert asked.form["answer"].label == "Does this hold: __is_ours__:value = true"
    assert [(one.step, one.equals) for one in warned.when] == [("decide_how_to_go_on", True)]


def test_what_a_step_returns_is_asked_of_the_person_who_does_it() -> None:
    question = imported().playbook.steps["ask_the_owner"].form["is_ours"]

    assert (question.type, question.label) == ("yes_no", "Is the host ours?")


def test_both_ways_of_a_condition_are_walked_under_contrary_answers() -> None:
    other = key("action", "other")

    def change(document: dict[str, Any]) -> None:
        document["workflow"][IF]["on_false"] = other
        document["workflow"][other] = manual("Other", end("other"))
        document["workflow"][end("other")] = {"type": "end"}

    found = imported(change).playbook

    assert [(one.step, one.equals) for one in found.steps["other"].when] == [("decide_how_to_go_on", False)]
    assert found.end == ("warn", "other")


def test_a_switch_becomes_a_choice() -> None:
    switch, other = key("switch-condition", "switch"), key("action", "other")

    def change(document: dict[str, Any]) -> None:
        workflow = document["workflow"]
        del workflow[IF]
        workflow[BOTH]["on_completion"] = switch
        cases = {"bad": WARN, "default": other}
        workflow[switch] = {"type": "switch-condition", "switch": "__v__:value", "cases": cases, "on_completion": END}
        workflow[other] = manual("Other", end("other"))
        workflow[end("other")] = {"type": "end"}

    found = imported(change).playbook

    assert found.steps["decide_how_to_go_on"].form["answer"].options == ("bad", "default")
    assert found.steps["other"].when[0].equals == "default"


def test_branches_may_begin_and_end_at_once() -> None:
    """A branch without a step of its own, behind a parallel step that is the first of all."""

    def change(document: dict[str, Any]) -> None:
        document["workflow"] = {
            START: {"type": "start", "on_completion": BOTH},
            BOTH: {"type": "parallel", "next_steps": [ASK, LOG, IF], "on_completion": WARN},
            ASK: manual("Ask", END),
            LOG: manual("Log", END, on_success=END, on_failure=END),
            IF: {"type": "if-condition", "condition": "c", "on_true": END, "on_completion": END},
            WARN: manual("Warn", END),
            END: {"type": "end"},
        }

    found = imported(change).playbook

    assert found.start == ("ask", "log", "decide_how_to_go_on")
    assert found.steps["decide_how_to_go_on"].owner == "response_team"
    assert found.steps["decide_how_to_go_on"].next == ("warn",)


def test_known_values_are_written_into_the_lines_and_unknown_ones_stay() -> None:
    def change(document: dict[str, Any]) -> None:
        document["playbook_variables"] |= {
            "__a__": {"type": "string", "value": "10.0.0.1\u202e"},
            "__b__": {"type": "x"},
        }
        step = document["workflow"][ISOLATE]
        step["step_variables"] = {"__c__": {"type": "string", "value": "c"}, "__d__": 5}
        words = "Block __a__:value, __b__:value, __c__:value, __d__:value\x07"
        step["commands"] = [
            {"type": "manual", "description": "First", "command": words, "playbook_activity": "restrict-access"},
            {"type": "manual", "command_b64": b64encode("Später\nund noch".encode()).decode()},
        ]

    step = imported(change).playbook.steps["isolate"]

    assert step.do == ("First", "Block 10.0.0.1?, __b__:value, c, __d__:value", "Später", "und noch")
    assert step.phase == "contain"


def test_targets_references_and_reasons_stand_in_the_step() -> None:
    def change(document: dict[str, Any]) -> None:
        document["target_definitions"] = {HOST: {"type": "linux", "name": "Mail server"}}
        document["external_references"] = [{"name": "Guide", "url": "https://example.org"}, 5, {"name": ""}]
        references = [{"name": "Manual", "external_id": "M-1"}]
        document["workflow"][ISOLATE] |= {"targets": [HOST], "description": "Why", "external_references": references}

    found = imported(change).playbook

    assert found.steps["isolate"].do == ("Isolate it.", "On: Mail server", "See: Manual M-1")
    assert found.steps["isolate"].why == "Why"
    assert found.references[1:] == ("Guide https://example.org", "(no name)")


def test_long_texts_are_kept_to_their_last_word() -> None:
    """What a stranger's tool calls a description is often the whole instruction; all beyond 400 characters was lost."""
    words = " ".join(f"word{number}" for number in range(300))
    statement = key("marking-statement", "s")

    def change(document: dict[str, Any]) -> None:
        document["markings"] = [statement]
        document["data_marking_definitions"] = {statement: {"type": "marking-statement", "statement": words}}
        document["external_references"] = [{"name": words, "url": "https://example.org/last"}]
        document["workflow"][ISOLATE] |= {"description": words, "external_references": [{"name": words}]}
        document["workflow"][IF] |= {"condition": words}

    found = imported(change).playbook
    isolate, asked = found.steps["isolate"], found.steps["decide_how_to_go_on"]

    assert isolate.why is None
    assert " ".join(isolate.do).count(words) == 1
    assert " ".join(isolate.do).replace("See: ", "").count("word299") == 2
    assert f"Decide: Does this hold: {words}" in " ".join(asked.do)
    assert words in " ".join(found.about)
    assert "https://example.org/last" in " ".join(found.references)


def test_a_name_in_another_script_gets_a_name_of_its_id_and_equal_names_numbers() -> None:
    def change(document: dict[str, Any]) -> None:
        document["name"] = "隔离主机"
        for step in (ISOLATE, ASK):
            document["workflow"][step]["name"] = "隔离"

    found = imported(change).playbook

    assert found.playbook.startswith("imported-")
    assert found.title == "隔离主机"
    assert list(found.steps)[:2] == ["step", "step_2"]


def test_marks_that_a_reader_can_follow_stand_before_everything() -> None:
    statement = key("marking-statement", "s")

    def change(document: dict[str, Any]) -> None:
        document["markings"] = [TLP, statement]
        document["data_marking_definitions"] = {
            TLP: {"type": "marking-tlp", "tlpv2_level": "TLP:AMBER"},
            statement: {"type": "marking-statement", "statement": "Reuse allowed"},
        }

    assert imported(change).playbook.about[:2] == (
        "Marked TLP:AMBER by its author: share it no further than that.",
        "Statement of its author: Reuse allowed",
    )


def test_a_signature_that_was_not_checked_is_told() -> None:
    notes = imported(lambda d: d.update(signatures=[{}], severity=5)).notes

    assert "it carries a signature, and that was NOT checked: nobody knows from it who wrote this playbook" in notes
    assert "not kept: severity" in notes
    assert any("no LeakGuard clocks and phases" in note for note in notes)


def _step(name: str, **fields: Any) -> Change:  # noqa: ANN401  (JSON holds anything)
    return lambda document: document["workflow"][name].update(fields)


def _add(kind: str, **fields: Any) -> Change:  # noqa: ANN401  (JSON holds anything)
    """Puts a step of this kind in the place of the first one."""

    def change(document: dict[str, Any]) -> None:
        document["workflow"][START]["on_completion"] = key(kind, "new")
        document["workflow"][key(kind, "new")] = {"type": kind, "on_completion": ISOLATE, **fields}

    return change


def _agent(**fields: Any) -> Change:  # noqa: ANN401  (JSON holds anything)
    return lambda document: document["agent_definitions"][TEAM].update(fields)


def _is_agent(agent: str, kind: str) -> Change:
    """The first step is asked of another agent, who is defined."""

    def change(document: dict[str, Any]) -> None:
        document["agent_definitions"][agent] = {"type": kind, "name": agent}
        document["workflow"][ISOLATE]["agent"] = agent

    return change


def _deep(document: dict[str, Any]) -> None:
    """More branches inside branches than anybody could follow."""
    document["workflow"] = {START: {"type": "start", "on_completion": key("parallel", "0")}, END: {"type": "end"}}
    for number in range(30):
        following = [key("parallel", str(number + 1)), END]
        document["workflow"][key("parallel", str(number))] = {
            "type": "parallel", "next_steps": following, "on_completion": END,
        }  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["bash", "ssh", "http-api", "powershell", "openc2-http", "sigma", "yara", "", "\x1b[2J"]
)
def test_no_command_of_a_stranger_is_taken(kind: str) -> None:
    found = problems(_step(ISOLATE, commands=[{"type": kind, "command": "rm -rf /"}]))

    assert any(one.startswith(f"{ISOLATE}: a command of the type ") and "never run" in one for one in found)
    assert "\x1b" not in "".join(found)
    assert "rm -rf" not in "".join(found)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_add("while-condition", condition="c", on_true=ISOLATE), f"{key('while-condition', 'new')}: a loop without"),
        (_add("playbook-action"), f"{key('playbook-action', 'new')}: calls another playbook"),
        (_add("magic"), f"{key('magic', 'new')}: `magic` is no kind of step of CACAO 2.0"),
        (_add("start"), "`workflow_start` must name the one start step"),
        (_add("if-condition", on_true=END), "there is no condition to decide on"),
        (_add("if-condition", condition="c"), "its branches must be ids of steps"),
        (_add("switch-condition", switch="s", cases=[]), "its branches must be ids of steps"),
        (_add("switch-condition", switch="s", cases={"\x1b": END}), "its branches must be ids of steps"),
        (_add("parallel", next_steps=[END, 5]), "its branches must be ids of steps"),
        (_add("parallel", next_steps="all"), "its branches must be ids of steps"),
        (_step(ISOLATE, delay=1), f"{ISOLATE}: `delay`: nothing here waits by itself"),
        (_step(ISOLATE, timeout=60000), f"{ISOLATE}: `timeout`: no step fails by itself"),
        (_step(ISOLATE, on_failure=END), f"{ISOLATE}: `on_failure`: here a person decides"),
        (_step(ISOLATE, on_success=END), f"{ISOLATE}: `on_completion` beside another `on_success`"),
        (_step(END, on_completion=ISOLATE), f"{END}: `on_completion`: nothing comes after an end"),
        (_step(ISOLATE, step_extensions={EXTENSION: {}}), f"{ISOLATE}: uses {EXTENSION}"),
        (_step(ISOLATE, colour="red"), f"{ISOLATE}: `colour` is no property of this kind of step"),
        (_step(ISOLATE, commands=[]), f"{ISOLATE}: an action without a command"),
        (_step(ISOLATE, commands={}), f"{ISOLATE}: `commands` must be a list"),
        (_step(ISOLATE, commands=[5]), f"{ISOLATE}: a command of the type None"),
        (_step(ISOLATE, commands=[{"type": "manual"}]), "without a readable `command` or `command_b64`"),
        (_step(ISOLATE, commands=[{"type": "manual", "command_b64": "%"}]), "without a readable `command`"),
        (_step(ISOLATE, commands=[{"type": "manual", "command_b64": "/w=="}]), "without a readable `command`"),
        (_step(ISOLATE, commands=[{"type": "manual", "command": "a", "command_b64": "YQ=="}]), "without a readable"),
        (_step(ISOLATE, step_variables=[]), f"{ISOLATE}: `step_variables` must be a dictionary"),
        (_step(ISOLATE, out_args=["__unknown__"]), "`out_args` names __unknown__, and no variable has this name"),
        (_step(ISOLATE, targets=[HOST, 5]), f"{ISOLATE}: the target {HOST} is not in `target_definitions`"),
        (_step(ISOLATE, agent=None), f"{ISOLATE}: its agent None is not in `agent_definitions`"),
        (_step(ISOLATE, on_completion=ISOLATE), f"{ISOLATE}: is reached twice"),
        (_step(ISOLATE, on_completion=key("end", "gone")), f"{key('end', 'gone')}: a step points to it"),
        (_step(ISOLATE, on_completion=None), f"{ISOLATE}: does not say what follows it"),
        (_step(LOG, on_completion=WARN), f"{WARN}: is reached twice"),
        (_step(ISOLATE, on_completion=END), f"{BOTH}: nothing leads to this step"),
        (_step(ISOLATE, type="end"), f"{ISOLATE}: its `type` is not the one in its id"),
        (_is_agent(HOST, "linux"), f"{ISOLATE}: its agent is a linux: only people can be asked"),
        (_agent(agent_target_extensions={"x": {}}), f"{TEAM}: an extension of an agent"),
        (_deep, "more than 20 branches, or 10 conditions, in one another"),
        (lambda d: d.update(revoked=True), "revoked: its author says that it must no longer be used"),
        (lambda d: d.update(valid_until="2026-01-01T00:00:00Z"), "valid_until: "),
        (lambda d: d.update(workflow_exception=END), "workflow_exception: no step may come from nowhere"),
        (
            lambda d: d.update(authentication_info_definitions={LOGIN: {"type": "user-auth"}}),
            "no credentials are taken from a file",
        ),
        (lambda d: d.update(colour="red"), "colour: CACAO 2.0 has no such property"),
        (
            lambda d: d.update(playbook_extensions={key("extension-definition", "x"): {}}),
            "an extension of the playbook",
        ),
        (lambda d: d.update(markings=[TLP]), f"{TLP}: a data marking that is not in `data_marking_definitions`"),
        (lambda d: d.update(markings="red"), "markings: a data marking that is not in"),
        (
            lambda d: d.update(markings=[IEP], data_marking_definitions={IEP: {"type": "marking-iep"}}),
            f"{IEP}: a data marking of the type marking-iep: nobody here could keep it",
        ),
        (lambda d: d.update(spec_version="1.1"), "spec_version: must be `cacao-2.0`"),
        (lambda d: d.update(type="bundle"), "type: must be `playbook`"),
        (lambda d: d.pop("name"), "name: this field is missing"),
        (lambda d: d.update(name=5), "name: must be text"),
        (lambda d: d.update(workflow=[]), "workflow: must be a dictionary of objects"),
        (lambda d: d.update(workflow={}), "workflow: this field is missing, or empty"),
        (lambda d: d["workflow"].update(x={"type": "end"}), "x: is no CACAO identifier"),
        (lambda d: d.update(id="playbook--1"), "id: is no CACAO identifier"),
        (lambda d: d.update(id=key("report", "theirs")), "id: begins with another type than playbook"),
        (lambda d: d.update(created_by=key("playbook", "they")), "created_by: begins with another type than identity"),
        (lambda d: d["agent_definitions"].update(team={"type": "group"}), "team: is no CACAO identifier"),
        (_agent(type="group"), f"{TEAM}: its `type` is not the one in its id"),
        (
            lambda d: d.update(target_definitions={HOST: {"type": "ssh"}}),
            f"{HOST}: its `type` is not the one in its id",
        ),
        (
            lambda d: d.update(data_marking_definitions={TLP: {"type": "marking-statement"}}),
            f"{TLP}: its `type` is not the one in its id",
        ),
        (lambda d: d.update(playbook_extensions={TEAM: {}}), f"{TEAM}: its `type` is not the one in its id"),
        (
            lambda d: d["workflow"].update({f"end--{END[5:].upper()}": {"type": "end"}}),
            "is in `workflow` twice, in capitals and in small letters",
        ),
        (lambda d: d.update(agent_definitions={TEAM: 5}), "agent_definitions: must be a dictionary of objects"),
        (
            lambda d: d["workflow"].update({key("end", str(number)): {"type": "end"} for number in range(MAX_OBJECTS)}),
            "workflow: has more than 2,000 steps",
        ),
        (
            lambda d: d["workflow"].update({f"end-{number}": {"type": "end"} for number in range(MOST_PROBLEMS + 5)}),
            "and 5 more",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_its_id(change: Change, expected: str) -> None:
    found = problems(change)

    assert any(expected in one for one in found), found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not JSON"),
        ("[]", "the file must be one JSON object"),
        ('{"a": 1, "a": 2}', "the key `a` stands there twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON that can be used"),
        ('{"a": "\\ud800"}', "holds half of a character"),
        ('{"a": ' * 100 + "1" + "}" * 100, "nested deeper than 40 levels"),
        ("[" * 200_000, "nested deeper than 40 levels"),
        (" " * (MAX_CHARACTERS + 1), "longer than 4,194,304 characters"),
    ],
    ids=["empty", "list", "twice", "nan", "digits", "half", "deep", "deeper", "long"],
)
def test_a_file_that_is_no_document_is_refused(text: str, expected: str) -> None:
    with pytest.raises(BadFile, match=expected.replace("(", r"\(")):
        from_cacao(text, name="theirs.json")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from([START, ISOLATE, TEAM, END, "end"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def disturbed(draw: st.DrawFn) -> str:
    """A good document with a few values of any other shape in any place."""
    document: Any = foreign()
    for _ in range(draw(st.integers(1, 4))):
        here = document
        while isinstance(here, dict) and here:
            name = draw(st.sampled_from(sorted(here)))
            if draw(st.booleans()) or not isinstance(here[name], dict | list):
                here[name] = draw(JSON)
                break
            here = here[name] if isinstance(here[name], dict) else here[name][0] if here[name] else None
    return json.dumps(document)


@given(disturbed())
@examples(80)
def test_no_document_of_a_stranger_ends_in_anything_but_a_playbook_or_a_refusal(text: str) -> None:
    try:
        kinds = {step.kind for step in from_cacao(text, name="theirs.json").playbook.steps.values()}
        said = ""
    except LeakGuardError as error:
        kinds, said = set(), error.message

    assert kinds <= {"human", "decision"}
    assert all(letter.isprintable() or letter == "\n" for letter in said)
