"""The first notice in the first hour, as a user types it: each step is a command that the one before it printed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from support.commands import CommandLine, command_line

NOW = "2026-11-30T02:30+01:00"
FILLED = {
    "  name:": "  name: Example Clinic",
    "  country:": "  country: DE",
    "    name:": "    name: Night desk",
    "    phone:": '    phone: "+49 711 000"',
    "not_known_yet:": "not_known_yet: we found it an hour ago and are reading the logs",
    "    value:": "    value: An image server of our radiology answered without a login.",
}
"""Who, how to reach us, what happened, and why the rest is not known yet."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys, zone="Europe/Berlin")
    made.now = NOW
    return made


def suggested(text: str, words: str) -> list[str]:
    """The first command of these words that a text prints, as somebody copies it into a shell."""
    found = re.search(rf"leakguard ({words}.*)", text)
    assert found, text
    return shlex.split(found[1])


def filled(text: str) -> str:
    return "\n".join(FILLED.get(line, line) for line in text.splitlines()) + "\n"


def test_an_incident_gets_its_first_notice_by_the_commands_that_are_printed(run: CommandLine) -> None:
    opened = run("incident", "open", "--title", "Image server open")
    incident = opened.out.split()[0]
    aware = ("awareness", "--at", "2026-11-30T01:30", "--source", "phone call", "--reason", "written down at the desk")
    assert run("incident", "event", incident, *aware).code == 0

    *example, arrow, file = suggested(opened.err, "notice example")
    assert arrow == ">"
    Path(file).write_text(filled(run(*example).out), encoding="utf-8")
    asked = run(*suggested(opened.err, "notice next-fact"))
    draft = suggested(asked.out, "notice draft")
    letter = run(*draft, "--as", "md")

    assert (asked.code, letter.code) == (0, 0)
    assert draft[-4:] == ["--duty", "eu-gdpr-33-authority", "--stage", "initial"]
    for told in (
        "Example Clinic", "Night desk", incident, "30 November 2026, 01:30 (UTC+01:00)", "answered without a login",
        "We found it an hour ago and are reading the logs.", "Number of people affected", "What will follow",
    ):  # fmt: skip
        assert told in " ".join(letter.out.replace("\N{NO-BREAK SPACE}", " ").split()), told
    assert run("notice", "check", *draft[2:]).code == 0


def few(run: CommandLine, *, roles: str = "[controller]", reason: bool = True) -> None:
    text = filled(run("notice", "example", "first-notice", "--incident", "IR-1").out)
    text = text.replace("[controller]", roles).replace("events: []", "events:\n  - {id: a, kind: awareness, "
        'occurred_at: "2026-11-30T01:30+01:00", recorded_at: "2026-11-30T01:40+01:00"}')  # fmt: skip
    text = text if reason else text.replace(FILLED["not_known_yet:"], "")
    Path("few.yaml").write_text(text, encoding="utf-8")


def test_assess_prints_the_command_of_the_most_urgent_first_notice(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(run, roles="[controller, essential_entity]")
    small = run("notice", "assess", "few.yaml").out
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "900")
    screen = run("notice", "assess", "few.yaml").out
    draft = suggested(screen, "notice draft")

    assert "First notice (in 23 h): " in screen
    assert draft == ["notice", "draft", "few.yaml", "--duty", "de-bsig-32-bsi", "--stage", "early_warning"]
    assert "by 3 December 2026, 01:30 (UTC+01:00)" in " ".join(run(*draft).out.split())
    assert "facts more, first notices: leakguard notice next-fact few.yaml" in small
    assert "notice draft" not in small


def test_where_no_fact_is_left_to_list_the_small_screen_names_the_first_notices_too(run: CommandLine) -> None:
    few(run)
    text = Path("few.yaml").read_text(encoding="utf-8")
    facts = "  exposure: {value: true}\n  risk: {value: risk}\n  subjects_by_jurisdiction: {value: {DE: 7}}\n"
    facts += "".join(f"  {name}: {{value: false}}\n" for name in ("access", "exfiltration", "acquisition", "malicious"))
    Path("few.yaml").write_text(text.replace("facts:\n", f"facts:\n{facts}"), encoding="utf-8")
    lines = run("notice", "assess", "few.yaml").out

    assert "First notice (in 2 d)" in lines or "First notices: leakguard notice next-fact few.yaml" in lines


def test_next_fact_names_the_commands_their_limits_and_what_still_decides(run: CommandLine) -> None:
    few(run, roles="[controller, essential_entity]", reason=False)
    told = run("notice", "next-fact", "few.yaml").out
    found = run("notice", "next-fact", "few.yaml", "--format", "json").document["first_notices"]

    assert "limit 2026-12-01T00:30:00Z; applies if: significant_incident" in told
    assert "`not_known_yet:" in told
    assert found[0] == {
        "duty": "de-bsig-32-bsi", "stage": "early_warning", "limit": "2026-12-01T00:30:00Z",
        "missing_facts": ["significant_incident"],
    }  # fmt: skip
    assert run("notice", "assess", "few.yaml", "--format", "json").document["first_notices"] == found


def test_what_is_certain_comes_first_and_no_more_than_three_commands_are_printed(run: CommandLine) -> None:
    few(run, roles="[controller, essential_entity, manufacturer, financial_entity]")
    text = Path("few.yaml").read_text(encoding="utf-8")
    facts = "  exposure: {value: true}\n  risk: {value: risk}\n  severe_product_incident: {value: true}\n"
    facts += "  exploited_vulnerability: {value: true}\n  significant_incident: {value: true}\n"
    Path("few.yaml").write_text(text.replace("facts:\n", f"facts:\n{facts}"), encoding="utf-8")
    told = run("notice", "next-fact", "few.yaml").out
    found = run("notice", "next-fact", "few.yaml", "--format", "json").document["first_notices"]

    assert told.count("leakguard notice draft") == 3
    assert f"{len(found) - 3} more: --format json" in told
    assert found[0]["missing_facts"] == []
    assert {"eu-gdpr-33-authority", "eu-cra-14-incident-enisa", "de-bsig-32-bsi"} <= {one["duty"] for one in found}
    assert [bool(one["missing_facts"]) for one in found] == sorted(bool(one["missing_facts"]) for one in found)


def test_a_notice_whose_clock_does_not_run_yet_is_suggested_without_a_limit(run: CommandLine) -> None:
    few(run)
    Path("few.yaml").write_text(Path("few.yaml").read_text(encoding="utf-8").split("events:")[0], encoding="utf-8")
    found = run("notice", "next-fact", "few.yaml", "--format", "json").document["first_notices"]

    assert [one["duty"] for one in found] == ["eu-gdpr-33-authority"]
    assert found[0]["limit"] is None
    assert "no limit runs; applies if: " in run("notice", "next-fact", "few.yaml").out
    assert "first notices: leakguard notice next-fact few.yaml" in run("notice", "assess", "few.yaml").out


def test_what_was_filed_is_not_suggested_again(run: CommandLine) -> None:
    few(run)
    at = '"2026-11-30T02:00+01:00"'
    filed = f"  - {{id: b, kind: filed, obligation: eu-gdpr-33-authority, stage: initial, occurred_at: {at},"
    filed += f" recorded_at: {at}}}\n"
    with Path("few.yaml").open("a", encoding="utf-8") as file:
        file.write(filed)

    assert run("notice", "next-fact", "few.yaml", "--format", "json").document["first_notices"] == []
    assert "notice draft" not in run("notice", "next-fact", "few.yaml").out
    assert "notice draft" not in run("notice", "assess", "few.yaml").out


def test_the_edpb_form_is_explained_and_checked_beside_the_notice(run: CommandLine) -> None:
    few(run)
    check = ("notice", "check", "few.yaml", "--duty", "eu-gdpr-33-authority", "--stage", "initial")
    told, ending = run(*check), run(*check, "--edpb")
    command = suggested(told.out, "notice export")

    assert (told.code, ending.code) == (0, 1)
    assert "EDPB form, incomplete notice: cannot be exported yet; 2 fields: field_21, field_23" in " ".join(
        told.out.split()
    )
    assert run(*check, "--format", "json").document["edpb"]["fields"] == ["field_21", "field_23"]
    assert "An incomplete notice cannot be exported yet; 2 fields: field_21, field_23" in run(*command).out
    assert run("notice", "export", "--edpb", "few.yaml", "--status", "incomplete").code == 2


def test_what_the_explanation_asks_for_makes_check_and_export_agree(run: CommandLine) -> None:
    few(run)
    with Path("few.yaml").open("a", encoding="utf-8") as file:
        file.write("edpb: {field_21: Ada Example, field_23: Legal representative}\n")
    check = ("notice", "check", "few.yaml", "--duty", "eu-gdpr-33-authority", "--stage", "initial", "--edpb")
    export = run("notice", "export", "--edpb", "few.yaml", "--status", "incomplete")

    assert run(*check).code == export.code == 0
    assert "EDPB form, incomplete notice: can be exported" in run(*check).out
    assert (export.document["field_23"], export.document["field_60"]) == ("b", ["x"])
    assert (
        "An incomplete notice can be exported."
        in run("notice", "export", "--edpb", "few.yaml", "--status", "incomplete", "--explain").out
    )


@pytest.mark.parametrize("words", [("--explain", "60"), ("--explain", "field_60"), ("--explain=60",)])
def test_one_field_is_explained_by_its_number_or_its_name(run: CommandLine, words: tuple[str, ...]) -> None:
    ran = run("notice", "export", "--edpb", *words)

    assert ran.code == 0
    assert ran.out.startswith("field_60  Nature of the incident")
    assert "m  Misconfiguration" in ran.out
    assert "field_61" not in ran.out


def test_a_field_is_explained_with_our_facts_in_either_order(run: CommandLine) -> None:
    few(run)
    for words in (("few.yaml", "--explain", "12"), ("--explain", "12", "few.yaml")):
        assert "ours: Example Clinic; from `org_identity`" in run("notice", "export", "--edpb", *words).out
    assert "field_126" in run("notice", "export", "--edpb", "--explain", "few.yaml").out


def test_the_explanation_is_one_document_too(run: CommandLine) -> None:
    found = json.loads(run("notice", "export", "--edpb", "--explain", "--format", "json").out)

    assert (found["ready"], len(found["fields"])) == (None, 100)
    assert found["fields"][0]["codes"][0] == {"code": "a", "words": "New Notification", "only_incomplete": False}


def test_an_export_without_facts_says_what_to_name(run: CommandLine) -> None:
    ran = run("notice", "export", "--edpb")

    assert ran.code == 2
    assert "--explain" in ran.err


def test_the_form_counts_only_for_the_duty_that_it_is_for(run: CommandLine) -> None:
    few(run)
    ran = run("notice", "check", "few.yaml", "--duty", "eu-gdpr-34-individuals", "--edpb")

    assert ran.code == 2
    assert "not for eu-gdpr-34-individuals" in ran.err
