"""Authorities and filing packs, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.commands import CommandLine, command_line
from support.every_fact import every_fact
from support.notices import to_text

NOW = ("--now", "2026-11-30T02:00+01:00")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(tmp_path, monkeypatch, capsys)


def facts(run: CommandLine, *left_out: str, **organisation: str) -> str:
    """A facts file that states everything but `left_out`."""
    values = every_fact()
    values["organisation"] = {**values["organisation"], **organisation}
    for name in left_out:
        values["facts"].pop(name)
    (run.folder / "facts.yaml").write_text(to_text(values), encoding="utf-8")
    return "facts.yaml"


def recipient(run: CommandLine, duty: str) -> dict[str, Any]:
    found = run("notice", "assess", "facts.yaml", "--format", "json", *NOW).document["assessments"]
    told: dict[str, Any] = next(one for one in found if one["duty"] == duty)["recipient"]
    return told


def test_the_list_names_the_offices_of_a_place_and_what_rests_on_memory(run: CommandLine) -> None:
    shown = run("duties", "authorities", "--place", "DE-BW")
    (office,) = run("duties", "authorities", "--place", "DE-BW", "--format", "json").document["authorities"]

    assert shown.code == 0
    assert "de-bw" in shown.out
    assert office["name_local"].startswith("Der Landesbeauftragte für den Datenschutz")
    assert office["sources"]["form"]["url"].startswith("https://")
    assert office["sources"]["languages"]["kind"] == "own-knowledge"
    assert "languages" in office["from_memory"]
    assert office["sources"]["hours"]["known"] is False


def test_the_list_of_all_has_every_state_of_the_united_states(run: CommandLine) -> None:
    every = run("duties", "authorities", "--format", "json").document["authorities"]

    assert sum(one["id"].startswith("us-") and one["id"].endswith("-ag") for one in every) == 54


def test_a_place_without_an_office_is_told(run: CommandLine) -> None:
    shown = run("duties", "authorities", "--place", "QQ")

    assert shown.code == 2
    assert "no authority is known in `QQ`" in shown.err


def test_assess_names_the_office_in_both_formats(run: CommandLine) -> None:
    facts(run, country="DE", region="DE-BW", body="public")
    told = recipient(run, "eu-gdpr-33-authority")["authority"]

    assert (told["state"], told["id"]) == ("known", "de-bw")
    assert told["name_local"].endswith("Baden-Württemberg")
    assert told["form_url"] == "https://www.baden-wuerttemberg.datenschutz.de/datenpanne-melden/"
    assert (told["languages"], told["checked_on"], told["source_kind"]) == (["de"], "2026-11-30", "secondary")
    text = run("notice", "assess", "facts.yaml", "--all", *NOW).out
    assert "office: State Commissioner for Data Protection" in text
    assert "form: https://www.baden-wuerttemberg.datenschutz.de/datenpanne-melden/\n" in text


def test_assess_names_an_unknown_office_as_unknown_with_the_fact_that_decides(run: CommandLine) -> None:
    facts(run, country="DE")
    told = recipient(run, "eu-gdpr-33-authority")["authority"]

    assert (told["state"], told["id"], told["name"]) == ("not_known", None, None)
    assert "organisation.region" in told["decided_by"]
    assert len(told["candidates"]) == 17
    text = run("notice", "assess", "facts.yaml", "--all", *NOW).out
    assert "office: not known: the part of the country decides" in text


def test_candidates_that_share_a_form_tell_it_although_the_office_is_open(run: CommandLine) -> None:
    facts(run, country="CN")
    told = recipient(run, "cn-cac-incident-general")["authority"]

    assert (told["state"], told["form_url"]) == ("not_known", "https://12387.cert.org.cn")
    assert len(told["candidates"]) == 31
    facts(run, country="DE")
    assert recipient(run, "eu-gdpr-33-authority")["authority"]["form_url"] is None


def test_two_organisations_of_one_incident_bring_the_office_of_each(run: CommandLine) -> None:
    values = every_fact()
    first = values.pop("organisation")
    values.pop("obligated_as")
    other = {"name": "Filiale", "role": "controller", "country": "FR", "obligated_as": ["controller"]}
    here = {**first, "country": "DE", "region": "DE-SN", "body": "private", "obligated_as": ["controller"]}
    values["organisations"] = [here, other]
    (run.folder / "facts.yaml").write_text(to_text(values), encoding="utf-8")
    told = recipient(run, "eu-gdpr-33-authority")["authority"]

    assert told["state"] == "each"
    assert [one["id"] for one in told["candidates"]] == ["de-sn", "fr-cnil"]


def test_assess_names_no_office_for_people(run: CommandLine) -> None:
    facts(run, country="DE")

    assert recipient(run, "eu-gdpr-34-individuals")["authority"] is None


def test_a_pack_without_a_gap_ends_with_0_and_one_with_a_gap_with_1(run: CommandLine) -> None:
    name = facts(run, country="DE", region="DE-BW", body="private")
    whole = run("notice", "pack", name, "--duty", "eu-gdpr-33-authority", *NOW)
    facts(run, "consequences", "risk_assessment", country="DE", region="DE-BW", body="private")
    gap = run("notice", "pack", name, "--duty", "eu-gdpr-33-authority", *NOW)

    assert (whole.code, gap.code) == (0, 1)
    assert "Nothing is missing." in whole.out
    assert "DRILL: this is an exercise." in whole.out
    assert gap.out.index("consequences") < gap.out.index("1. Name of the controller")


def test_a_pack_is_written_to_a_file(run: CommandLine) -> None:
    name = facts(run, country="DE", region="DE-BW", body="private")
    shown = run("notice", "pack", name, "--duty", "eu-gdpr-33-authority", "--format", "md", "-o", "pack.md", *NOW)

    assert (shown.code, shown.out) == (0, "")
    assert (run.folder / "pack.md").read_text(encoding="utf-8").startswith("# Filing pack: eu-gdpr-33-authority\n")


def test_a_pack_as_json_says_what_it_rests_on(run: CommandLine) -> None:
    name = facts(run, country="FR")
    shown = run("notice", "pack", name, "--duty", "eu-gdpr-33-authority", "--format", "json", *NOW).document

    assert (shown["form"]["id"], shown["form"]["seen"], shown["basis"]) == ("fr-cnil", False, "law")
    assert shown["authority"]["id"] == "fr-cnil"
    assert shown["complete"] is True


def test_a_form_that_there_is_not_is_told_with_those_that_there_are(run: CommandLine) -> None:
    name = facts(run, country="DE")
    shown = run("notice", "pack", name, "--duty", "eu-gdpr-33-authority", "--form", "de-xx", *NOW)

    assert shown.code == 2
    assert "de-by" in shown.err


def test_lint_reports_an_office_that_is_not_in_the_files(run: CommandLine) -> None:
    (run.folder / "own.yaml").write_text(
        """\
duties:
  - id: xx-test-1
    jurisdiction: Test
    law: Law
    article: "1"
    status: in_force
    in_force_from: "2025-01-01"
    verified_on: "2026-05-01"
    source_url: https://law.example/1
    source_kind: primary
    confidence: sourced
    obligated: [controller]
    recipient: {type: regulator, name: Office, authority: us-tx-aggie}
    trigger: {text: any, rule: {fact: exposure, is: true, text: the data could be reached without permission}}
    phases:
      - name: initial
        clock: {anchor: first(awareness), amount: {elapsed: PT24H}, end: "filed(obligation=xx-test-1, stage=initial)"}
    content:
      - {item: breach_description, required: "yes"}
""",
        encoding="utf-8",
    )
    shown = run("duties", "lint", "own.yaml")

    assert shown.code == 1
    assert "recipient.authority: no office has the id `us-tx-aggie`" in shown.out
    assert "us-tx-ag" in shown.out
