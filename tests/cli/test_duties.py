"""The duties as data, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, command_line
from support.notices import book, complete, to_text

OWN = """\
duties:
  - id: {id}
    jurisdiction: Contract
    law: Contract with Example Customer
    article: clause 12
    status: in_force
    in_force_from: "2025-01-01"
    verified_on: "2026-05-01"
    source_url: "{source}"
    source_kind: primary
    confidence: sourced
    obligated: [processor, controller]
    recipient: {{type: controller, name: Example Customer}}
    trigger:
      text: any breach of the customer's data
      rule: {{fact: exposure, is: true, text: the data could be reached without permission}}
    phases:
      - name: initial
        clock: {{anchor: first(awareness), amount: {{elapsed: PT24H}}, end: "filed(obligation={id}, stage=initial)"}}
    content:
      - {{item: breach_description, required: "yes"}}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(tmp_path, monkeypatch, capsys)


def contracts(
    run: CommandLine, name: str = "contract-example-24h", source: str = "https://intranet.example/c1"
) -> Path:
    """The settings name a folder of contracts with one duty."""
    folder = run.folder / "contracts"
    folder.mkdir()
    (folder / "example.yaml").write_text(OWN.format(id=name, source=source), encoding="utf-8")
    settings = run.folder / "leakguard.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'duties = "contracts"\n', encoding="utf-8")
    return folder / "example.yaml"


def test_a_terminal_of_80_columns_breaks_no_word(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("duties", "list", "--status", "not_in_force").out.splitlines()

    assert shown[0].split() == ["ID", "JURISDICTION", "STATUS", "TO"]
    assert shown[1].split()[:4] == ["ae-pdpl-9-office", "UAE", "(onshore)", "not_in_force"]
    assert shown[2].startswith("    law: Federal Decree-Law")
    assert max(map(len, shown)) <= 80


def test_the_list_is_filtered_by_jurisdiction_and_status(run: CommandLine) -> None:
    japan = run("duties", "list", "--jurisdiction", "japan", "--format", "json").document["duties"]
    proposed = run("duties", "list", "--status", "proposed", "--format", "json").document["duties"]

    assert {"jp-appi-26-ppc", "jp-appi-26-entrustee", "jp-appi-26-individuals"} <= {row["id"] for row in japan}
    assert all(row["id"].startswith("jp-") for row in japan)
    assert {row["id"].partition("-")[0] for row in proposed} == {"eu", "es", "fr", "ie", "uk"}
    assert "eu-omnibus-33-proposal" in {row["id"] for row in proposed}
    assert "jp-appi-26-ppc" in run("duties", "list").out


def test_an_unknown_jurisdiction_names_the_nearest(run: CommandLine) -> None:
    ran = run("duties", "list", "--jurisdiction", "Japam")

    assert ran.code == 2
    assert "Japan" in ran.err
    assert "duties list" in run("duties", "list", "--jurisdiction", "xyzzy").err


def test_all_of_a_duty_is_shown(run: CommandLine) -> None:
    shown = run("duties", "show", "hk-pcicso-28", "--format", "json").document

    assert {"source_url", "source_kind", "verified_on", "confidence", "verify_fields"} <= set(shown)
    text = run("duties", "show", "hk-pcicso-28").out
    assert "source_kind: primary-quoted" in text
    assert "Nothing here is legal advice" in text


def test_stale_is_more_than_180_days(run: CommandLine) -> None:
    fresh = run("duties", "stale", "--now", "2027-04-07T12:00Z")
    old = run("duties", "stale", "--now", "2027-04-08T12:00Z", "--format", "json")

    assert (fresh.code, fresh.out) == (0, "")
    assert old.code == 1
    assert {row["verified_on"] for row in old.document["stale"]} == {"2026-10-09"}
    assert "181 days ago" in run("duties", "stale", "--now", "2027-04-08T12:00Z").out


def test_what_ships_has_no_problem(run: CommandLine) -> None:
    ran = run("duties", "lint")

    told = [line for line in ran.out.splitlines() if not line.startswith("remark: ")]

    assert (ran.code, len(told)) == (0, 1), ran.out
    assert told[0].endswith("files: no problem")
    assert f"{len(book().duties)} duties in " in told[0]


def test_every_problem_of_a_file_is_named(run: CommandLine) -> None:
    path = contracts(run, source="")
    wrong = run.folder / "wrong.yaml"
    text = OWN.format(id="x", source="https://x.example").replace("elapsed: PT24H", "hours: 24")
    wrong.write_text(text.replace("processor,", "procesor,"), encoding="utf-8")
    ran = run("duties", "lint", str(path), str(wrong), "--format", "json")

    assert ran.code == 1
    told = [(Path(row["file"]).name, row["text"]) for row in ran.document["problems"]]
    assert ("example.yaml", "names no source") in told
    assert any(name == "wrong.yaml" and "unknown field" in text for name, text in told)
    assert "wrong.yaml" in run("duties", "lint", str(wrong)).out


def test_an_id_that_ships_cannot_be_taken(run: CommandLine) -> None:
    path = contracts(run, name="eu-gdpr-33-authority")
    ran = run("duties", "lint", str(path))

    assert ran.code == 1
    assert "eu.yaml as well" in ran.out
    assert run("duties", "list").code == 2
    assert run("duties", "lint").code == 1


def test_a_contract_is_assessed_beside_the_laws(run: CommandLine) -> None:
    contracts(run)
    (run.folder / "facts.yaml").write_text(to_text(complete()), encoding="utf-8")
    ran = run("notice", "assess", "facts.yaml", "--now", "2026-06-12T04:00Z", "--format", "json")
    found = {one["duty"]: one for one in ran.document["assessments"]}

    assert set(found) == {duty.id for duty in book().duties} | {"contract-example-24h"}
    assert found["contract-example-24h"]["applies"] == "yes"
    assert found["contract-example-24h"]["phases"][0]["state"] == "overdue"


def test_a_folder_that_is_not_there_is_refused(run: CommandLine) -> None:
    contracts(run).unlink()
    (run.folder / "contracts").rmdir()

    assert run("duties", "list").code == 2


def test_a_file_that_is_no_text_is_named(run: CommandLine) -> None:
    contracts(run).write_bytes(b"\xff\xfe\xff")
    ran = run("duties", "list")

    assert ran.code == 2
    assert "example.yaml" in ran.err


def test_every_country_and_every_state_of_the_us_is_listed_with_a_state(run: CommandLine) -> None:
    rows = run("duties", "places", "--format", "json").document["places"]
    words = book().vocabulary

    assert {row["state"] for row in rows} <= {"rule", "none_by_law", "no_rule_known"}
    listed = {row["place"] for row in rows}
    assert {words.place(code) for code in words.countries} <= listed
    assert {words.place(f"US-{part}") for part in words.subdivisions["US"]} <= listed
    assert all(row["text"] for row in rows if row["state"] != "rule")


def test_places_can_be_narrowed_to_one_place_role_or_state(run: CommandLine) -> None:
    one = run("duties", "places", "--place", "US-OH", "--role", "controller")
    unknown = run("duties", "places", "--state", "no_rule_known", "--format", "json").document["places"]

    assert "Ohio" in one.out
    assert len(one.out.splitlines()) == 3
    assert {row["state"] for row in unknown} == {"no_rule_known"}


@pytest.mark.parametrize(("option", "value"), [("--place", "UK"), ("--role", "controler")])
def test_a_place_or_role_that_is_none_is_refused(run: CommandLine, option: str, value: str) -> None:
    ran = run("duties", "places", option, value)

    assert ran.code == 2
    assert value in ran.err


@pytest.mark.parametrize("form", ["acme.yaml", "acme.yml", "linked"])
def test_a_duty_of_ours_applies_in_whatever_form_its_file_is_there_and_doctor_counts_it(
    run: CommandLine, form: str
) -> None:
    folder, elsewhere = run.folder / "duties", run.folder / "elsewhere"
    for path in (folder, elsewhere):
        path.mkdir()
    if form == "linked":
        (folder / form).symlink_to(elsewhere)
    place = elsewhere / "acme.yaml" if form == "linked" else folder / form
    place.write_text(OWN.format(id="acme-contract", source="https://x.example"), encoding="utf-8")
    with (run.folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write('duties = "duties"\n')

    assert run("duties", "show", "acme-contract", "--format", "json").code == 0
    assert f"{len(book().duties) + 1} duties in " in run("duties", "lint").out
    assert "your own: 1 duty" in run("doctor").out


def test_lint_names_a_link_to_a_duty_that_leads_nowhere(run: CommandLine) -> None:
    (run.folder / "duties").mkdir()
    (run.folder / "duties" / "acme.yaml").symlink_to("gone")
    with (run.folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write('duties = "duties"\n')
    ran = run("duties", "lint")

    assert ran.code == 1
    assert "is a link that leads nowhere" in ran.out
