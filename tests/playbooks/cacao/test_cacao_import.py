"""Our own CACAO documents read back: nothing is lost, and nothing that another tool changed passes unnoticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from leakguard.errors import BadFile
from leakguard.playbooks.cacao.export import cacao_text, to_cacao
from leakguard.playbooks.cacao.importing import from_cacao
from leakguard.playbooks.cacao.names import EXTENSION
from leakguard.playbooks.definitions import parse_playbook, snapshot_of
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.written import render_playbook
from support.examples import examples
from support.foreign_cacao import text_of
from support.playbook_values import playbooks
from support.responses import small

FILES = sorted((Path(__file__).parents[3] / "playbooks").glob("*.yaml"))
Change = Callable[[dict[str, Any]], object]


def action_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(step for step in document["workflow"].values() if step.get("name") == name)


def problems(change: Change) -> list[str]:
    """What is wrong with our own document after a change by another tool."""
    document = to_cacao(small(), schema="{}")
    change(document)
    with pytest.raises(BadFile) as caught:
        from_cacao(text_of(document), name="ours.json")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_playbook_that_ships_comes_back_equal(file: Path) -> None:
    playbook = parse_playbook(file.read_text(encoding="utf-8"), name=file.name)
    back = from_cacao(cacao_text(playbook, schema="{}"), name="c")

    assert back.playbook == playbook
    assert snapshot_of(back.playbook) == snapshot_of(playbook)
    assert parse_playbook(render_playbook(playbook), name="y") == playbook
    assert back.notes == ()


@given(playbooks())
@examples(25)
def test_any_playbook_comes_back_equal_and_in_its_order(playbook: Playbook) -> None:
    back = from_cacao(cacao_text(playbook, schema="{}"), name="c").playbook

    assert back == playbook
    assert snapshot_of(back) == snapshot_of(playbook)


@given(playbooks())
@examples(5)
def test_a_tool_that_sorts_keys_reorders_no_response(playbook: Playbook) -> None:
    """The canonical form that CACAO signs sorts them."""
    text = json.dumps(to_cacao(playbook, schema="{}"), sort_keys=True)

    assert snapshot_of(from_cacao(text, name="c").playbook) == snapshot_of(playbook)


@given(playbooks())
@examples(8)
def test_any_playbook_can_be_written_as_a_file_and_read_again(playbook: Playbook) -> None:
    again = parse_playbook(render_playbook(playbook), name="written.yaml")

    assert snapshot_of(again) == snapshot_of(playbook)


def test_titles_reasons_and_lines_may_be_changed_by_another_tool() -> None:
    document = to_cacao(small(), schema="{}")
    action = action_of(document, "Close it")
    action |= {"name": "Zumachen", "description": "Jede Stunde zählt."}
    action["commands"].append({**action["commands"][0], "command": "Schreib es auf."})
    document["name"] = "Eine kleine Antwort"
    found = from_cacao(text_of(document), name="c").playbook

    assert found.title == "Eine kleine Antwort"
    assert found.steps["contain"].title == "Zumachen"
    assert found.steps["contain"].why == "Jede Stunde zählt."
    assert found.steps["contain"].do == ("Close the port.", "Schreib es auf.")
    assert found.steps["contain"].evidence == ("config_before",)


def test_a_file_of_the_first_version_of_the_extension_is_still_read() -> None:
    """Its loops began another round while the answer was the one that must not be, or was too small."""
    file = next(file for file in FILES if file.stem == "third_party_report")
    playbook = parse_playbook(file.read_text(encoding="utf-8"), name=file.name)
    document = to_cacao(playbook, schema="{}")
    document["extension_definitions"][EXTENSION]["version"] = "1.0.0"
    first = {
        "__triage-report_is__": "__triage-report_is__:value = 'not_certain'",
        "__decide_awareness-aware__": "__decide_awareness-aware__:value = 'not_yet'",
    }
    loops = [step for step in document["workflow"].values() if step["type"] == "while-condition"]
    for loop in loops:
        loop["condition"] = first.get(loop["condition"].partition(":")[0], loop["condition"])

    assert {loop["condition"] for loop in loops} >= set(first.values())
    assert from_cacao(text_of(document), name="c").playbook == playbook


def _drop_extension(document: dict[str, Any]) -> None:
    del action_of(document, "Close it")["step_extensions"]


def _same_step_twice(document: dict[str, Any]) -> None:
    action_of(document, "Close it")["step_extensions"][EXTENSION]["step"] = "note"


def _foreign_command(document: dict[str, Any]) -> None:
    action_of(document, "Close it")["commands"].append({"type": "ssh", "command": "reboot"})


def _other_bash(document: dict[str, Any]) -> None:
    action_of(document, "Probe again")["commands"][0]["command"] = "rm -rf /"


def _added_end(document: dict[str, Any]) -> None:
    document["workflow"]["end--11111111-1111-4111-8111-111111111111"] = {"type": "end"}


def _lost_end(document: dict[str, Any]) -> None:
    document["workflow"].pop(next(key for key in document["workflow"] if key.startswith("end--")))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d.update(description="Otherwise."), "description: was changed by another tool"),
        (_drop_extension, "an action without the extension that the rest of this playbook has"),
        (_same_step_twice, "two actions are the same step of our extension"),
        (_foreign_command, "`commands` was changed by another tool and no longer agrees with our extension"),
        (_other_bash, "`commands` was changed by another tool and no longer agrees with our extension"),
        (_added_end, "end--11111111-1111-4111-8111-111111111111: was added to `workflow` by another tool"),
        (_lost_end, "is missing from `workflow`"),
        (lambda d: action_of(d, "Close it").update(timeout=5), "`timeout` was changed by another tool"),
        (lambda d: action_of(d, "Close it").update(commands="all"), "`commands` must be a list of objects"),
        (lambda d: action_of(d, "Close it").update(step_extensions=5), "an action without the extension"),
        (lambda d: action_of(d, "Close it").update(owner="x"), "`owner` was changed by another tool"),
        (lambda d: d["playbook_extensions"][EXTENSION].update(steps=[5]), "`steps` must name every action"),
        (lambda d: d["playbook_extensions"][EXTENSION].update(steps=["contain"]), "`steps` must name every action"),
        (lambda d: d["playbook_extensions"][EXTENSION].update(roles=5), "roles: must be a mapping of fields"),
        (lambda d: d["playbook_extensions"][EXTENSION].update(colour=5), "colour: unknown field"),
        (lambda d: d["extension_definitions"][EXTENSION].update(version="2.0.0"), "its version must be 1.0.0 or 1.1.0"),
        (lambda d: d.pop("extension_definitions"), "its version must be 1.0.0 or 1.1.0"),
        (lambda d: action_of(d, "Close it")["step_extensions"][EXTENSION].update(form=[5]), "steps.contain.form"),
    ],
)
def test_every_other_change_is_refused_by_name(change: Change, expected: str) -> None:
    found = problems(change)

    assert any(expected in one for one in found), found


def test_what_a_stranger_adds_about_the_whole_is_told() -> None:
    document = to_cacao(small(), schema="{}")
    they = "identity--11111111-1111-4111-8111-111111111111"
    document |= {"labels": ["x"], "priority": 3, "signatures": [{"type": "jss"}], "created_by": they}
    found = from_cacao(text_of(document), name="c")

    assert found.playbook == small()
    assert any("signature, and that was NOT checked" in note for note in found.notes)
    assert "not kept: labels, priority" in found.notes
    assert f"it is said to be by {they}, and that is not kept" in found.notes
