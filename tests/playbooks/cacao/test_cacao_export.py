"""Playbooks as CACAO 2.0: what other tools read, by the rules of the specification."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

from leakguard.playbooks.answers import Answer, Condition, FormField
from leakguard.playbooks.cacao.conditions import condition_text, unmet_text
from leakguard.playbooks.cacao.export import cacao_text, to_cacao
from leakguard.playbooks.cacao.names import EXTENSION, timestamps
from leakguard.playbooks.cacao.tree import Leaf, Loop, Parallel, Series, names_in, tree_of
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.shapes import Playbook, PlaybookClock, Step
from support.cacao_rules import begins_without_an_answer, broken_rules
from support.examples import examples
from support.playbook_values import playbooks
from support.responses import small

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "playbooks").glob("*.yaml"))
SCHEMA = (ROOT / "playbooks" / "cacao" / "extension.schema.json").read_text(encoding="utf-8")
PUBLISHED = os.environ.get("LEAKGUARD_CACAO_SCHEMAS", "")


def shipped(file: Path) -> Playbook:
    return parse_playbook(file.read_text(encoding="utf-8"), name=file.name)


def steps_of(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [step for step in document["workflow"].values() if step["type"] == kind]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_playbook_that_ships_keeps_the_rules_of_cacao(file: Path) -> None:
    assert broken_rules(to_cacao(shipped(file), schema=SCHEMA)) == []


@given(playbooks())
@examples(8)
def test_any_playbook_keeps_the_rules_of_cacao(playbook: Playbook) -> None:
    document = to_cacao(playbook, schema=SCHEMA)

    assert broken_rules(document) == []
    assert len(steps_of(document, "action")) == len(playbook.steps)
    assert extension_problems(document) == []


def test_the_rules_are_not_blind() -> None:
    """A checker that lets everything pass would prove nothing."""
    document = to_cacao(small(), schema=SCHEMA)
    action = next(step for step in document["workflow"].values() if step["type"] == "action")
    action["on_completion"] = "end--nowhere"
    action["colour"] = "red"
    action["commands"] = []
    document["created"] = "yesterday"
    found = "\n".join(broken_rules(document))

    for words in ("colour is unknown", "end--nowhere does not exist", "no command", "created must be UTC"):
        assert words in found


def extension_problems(document: dict[str, Any]) -> list[str]:
    """Where our extension is not as the schema in the document itself says."""
    schema = json.loads(document["extension_definitions"][EXTENSION]["schema"])
    found = []
    parts = {"head": [document["playbook_extensions"]]}
    parts["step"] = [step["step_extensions"] for step in document["workflow"].values() if "step_extensions" in step]
    for name, holders in parts.items():
        validator = Draft202012Validator({**schema, "anyOf": [{"$ref": f"#/$defs/{name}"}]})
        found += [error.message for holder in holders for error in validator.iter_errors(holder[EXTENSION])]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_our_extension_is_as_the_schema_inside_the_document_says(file: Path) -> None:
    assert extension_problems(to_cacao(shipped(file), schema=SCHEMA)) == []


def test_the_schema_of_the_extension_knows_every_field_of_a_playbook() -> None:
    """A field that is added to the shapes must be documented there."""
    parts = json.loads(SCHEMA)["$defs"]
    native = {"title", "why", "do"}

    def names(shape: type[Step | PlaybookClock | Playbook]) -> set[str]:
        return {info.alias or name for name, info in shape.model_fields.items()}

    assert names(Step) - native | {"step", "lines"} == set(parts["step"]["properties"])
    assert names(Playbook) - {"title"} == set(parts["head"]["properties"])
    assert names(PlaybookClock) == set(parts["clock"]["properties"])


@pytest.mark.skipif(not PUBLISHED, reason="LEAKGUARD_CACAO_SCHEMAS names no folder with the published schemas")
def test_every_playbook_that_ships_fits_the_published_schemas() -> None:  # pragma: no cover
    """`schemas/` of OASIS's own repository is not part of ours; whoever has it names it."""
    files = [json.loads(one.read_text(encoding="utf-8")) for one in Path(PUBLISHED).rglob("*.json")]
    documents = [to_cacao(shipped(file), schema=SCHEMA) for file in FILES]
    registry: Registry[Any] = Registry().with_resources([(one["$id"], DRAFT7.create_resource(one)) for one in files])
    whole = next(one for one in files if one["title"] == "playbook")
    validator = Draft7Validator(whole, registry=registry)

    assert [error.message for document in documents for error in validator.iter_errors(document)] == []
    assert strict_problems(files, documents) == []


def strict_problems(files: list[dict[str, Any]], documents: list[dict[str, Any]]) -> list[str]:  # pragma: no cover
    """The same in the newer dialect: draft 07, which the files name, passes over their `unevaluatedProperties`.

    That of `command-data` is left out: it forbids `command` in every command, also where the type of it is asked for.
    """
    opened = [{name: part for name, part in one.items() if name != "$schema"} for one in files]
    for one in opened:
        if one["title"] == "command-data":
            del one["unevaluatedProperties"]
    registry: Registry[Any] = Registry().with_resources(
        [(one["$id"], DRAFT202012.create_resource(one)) for one in opened]
    )
    parts = {one["$id"].partition("/schemas/")[2]: one for one in opened}
    found = []
    for document in documents:
        asked = [("playbook.json", document)]
        for step in document["workflow"].values():
            asked += [(f"commands/{command['type']}.json", command) for command in step.get("commands", [])]
        for name, holder in asked:
            validator = Draft202012Validator(parts[name], registry=registry)
            found += [error.message for error in validator.iter_errors(holder)]
    return found


def test_exporting_twice_gives_equal_bytes_and_versions_share_their_id() -> None:
    first, second = to_cacao(small(), schema=""), to_cacao(small(**{"version: 1": "version: 2"}), schema="")

    assert cacao_text(small(), schema=SCHEMA) == cacao_text(small(), schema=SCHEMA)
    assert first["id"] == second["id"]
    assert first["workflow"].keys() == second["workflow"].keys()
    assert first["modified"] == first["created"] < second["modified"]


def test_a_version_beyond_the_calendar_has_the_last_second_of_it() -> None:
    assert timestamps(10**18)[1] == "9999-12-31T23:59:59.000Z"


def test_a_step_of_a_person_is_a_line_each_and_a_machines_is_one_command_with_variables() -> None:
    document = to_cacao(small(), schema="")
    commands = {step["name"]: step["commands"] for step in steps_of(document, "action")}

    assert commands["Close it"] == [
        {"type": "manual", "command": "Close the port.", "playbook_activity": "restrict-access"}
    ]
    assert commands["Probe again"] == [
        {
            "type": "bash",
            "command": "leakguard scan verify __findings__:value",
            "playbook_activity": "scan-system",
        }
    ]


def test_a_condition_is_a_comparison_of_a_variable_that_the_asking_step_returns() -> None:
    document = to_cacao(small(), schema="")
    conditions = steps_of(document, "if-condition")
    asked = next(step for step in steps_of(document, "action") if step["name"] == "Decide")

    assert [one["condition"] for one in conditions] == ["__decide-risk__:value = 'high'"]
    assert asked["out_args"][0] == "__decide-risk__"
    assert document["playbook_variables"]["__decide-risk__"]["value"] is None


NUMBER, YES_NO, TEXT, CHOICE = (
    FormField.model_validate({"type": kind, "label": "l", **more})
    for kind, more in (("number", {}), ("yes_no", {}), ("text", {}), ("choice", {"options": ["a", "b", "it's \\"]}))
)


@pytest.mark.parametrize(
    ("question", "asked", "met", "unmet"),
    [
        (CHOICE, {"is": "it's \\"}, r"= 'it\'s \\'", r"!= 'it\'s \\'"),
        (YES_NO, {"is": True}, "= true", "!= true"),
        (YES_NO, {"is_not": False}, "!= false", "!= true"),
        (CHOICE, {"is_not": "b"}, "!= 'b'", r"NOT IN ('a', 'it\'s \\')"),
        (CHOICE, {"one_of": ["a", "b"]}, "IN ('a', 'b')", "NOT IN ('a', 'b')"),
        (NUMBER, {"at_least": 500}, ">= 500", "NOT >= 500"),
    ],
)
def test_each_kind_of_answer_has_a_comparison_and_its_contrary(
    question: FormField, asked: dict[str, Any], met: str, unmet: str
) -> None:
    condition = Condition.model_validate({"step": "s", "field": "f", **asked})
    until = Answer.model_validate({"field": "f", **asked})

    assert condition_text([condition, condition]) == f"__s-f__:value {met} AND __s-f__:value {met}"
    assert unmet_text("s", until, question) == f"__s-f__:value {unmet}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_loop_that_is_exported_begins_while_its_question_has_no_answer(file: Path) -> None:
    """A while is asked before its body, and the body has the step that answers."""
    document = to_cacao(shipped(file), schema="")
    names = [step["condition"].partition(":")[0] for step in steps_of(document, "while-condition")]
    repeated = [name for name, step in shipped(file).steps.items() if step.repeat is not None]

    assert all(begins_without_an_answer(step["condition"]) for step in steps_of(document, "while-condition"))
    assert all(document["playbook_variables"][name]["value"] is None for name in names)
    assert len(names) == len(repeated)


@given(playbooks())
@examples(25)
def test_every_loop_of_any_playbook_begins_while_its_question_has_no_answer(playbook: Playbook) -> None:
    loops = steps_of(to_cacao(playbook, schema=""), "while-condition")

    assert all(begins_without_an_answer(loop["condition"]) for loop in loops)


@pytest.mark.parametrize("question", [NUMBER, TEXT, FormField.model_validate({"type": "list", "label": "l"})])
def test_a_loop_until_anything_but_one_answer_is_in_the_extension_alone(question: FormField) -> None:
    """No comparison holds for that one answer, and for none."""
    until = Answer.model_validate({"field": "f", "is_not": 5 if question is NUMBER else "unknown"})

    assert unmet_text("s", until, question) is None


def test_a_step_whose_loop_no_comparison_begins_is_walked_once() -> None:
    text = """
playbook: p
title: T
version: 1
roles: {r: does}
start: [a]
steps:
  a: {kind: human, title: A, phase: learn, owner: r, do: [x], form: {q: {type: text, label: Who?}},
      repeat: {until: {field: q, is_not: unknown}, at_most: 3}}
"""
    document = to_cacao(parse_playbook(text, name="p"), schema="")

    assert steps_of(document, "while-condition") == []
    assert [step["name"] for step in steps_of(document, "action")] == ["A"]
    assert broken_rules(document) == []


@given(playbooks())
@examples(8)
def test_the_tree_has_every_step_once_and_none_before_one_that_it_waits_for(playbook: Playbook) -> None:
    """Stricter than the playbook it may be, looser never."""
    tree = tree_of(playbook)
    order = names_in(tree)

    assert sorted(order) == sorted(playbook.steps)
    for name, step in playbook.steps.items():
        for following in step.next:
            assert order.index(name) < order.index(following)
            assert not _beside(tree, name, following)


def _beside(series: Series, one: str, other: str) -> bool:
    """Whether the two stand in two branches of one parallel step."""
    for item in series.items:
        branches = item.branches if isinstance(item, Parallel) else (item.body,) if isinstance(item, Loop) else ()
        holding = [branch for branch in branches if {one, other} & set(names_in(branch))]
        if len(holding) > 1 or any(_beside(branch, one, other) for branch in holding):
            return True
    return False


def test_branches_that_meet_again_stay_one_parallel_step() -> None:
    assert tree_of(small(**{"next: [note, decide]": "next: [note, decide]"})).items[0] == Leaf("contain")


def test_a_loop_over_two_steps_of_one_sequence_is_a_while_around_both() -> None:
    text = """
playbook: p
title: T
version: 1
roles: {r: does}
start: [a]
steps:
  a: {kind: human, title: A, phase: learn, owner: r, do: [x], next: [b]}
  b: {kind: human, title: B, phase: learn, owner: r, do: [x], next: [c], form: {q: {type: yes_no, label: Done?}},
      repeat: {until: {field: q, is: true}, at_most: 3, from: a}, on_fail: a, attempts: 1}
  c: {kind: human, title: C, phase: learn, owner: r, do: [x]}
"""
    playbook = parse_playbook(text, name="p")
    document = to_cacao(playbook, schema=SCHEMA)
    loop = steps_of(document, "while-condition")[0]
    failed = next(step for step in steps_of(document, "action") if step["name"] == "B")

    assert tree_of(playbook).items == (Loop(Series((Leaf("a"), Leaf("b"))), "b", "__b-q__:value != true"), Leaf("c"))
    assert document["workflow"][loop["on_true"]]["name"] == "A"
    assert failed["on_failure"] == loop["on_true"]
    assert broken_rules(document) == []
