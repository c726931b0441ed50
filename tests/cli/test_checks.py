"""`leakguard checks`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.library import load_library
from leakguard.cli.main import run
from leakguard.outputs.checks import described
from support.commands import Ran
from support.fake_prober import STORE_OPEN
from support.scan_commands import ScanCommands, scan_commands


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys, scope=None)


def real(leakguard: ScanCommands, *words: str) -> Ran:
    """Run the command on the checks that ship."""
    code = run(list(words))
    said = leakguard.capsys.readouterr()
    return Ran(code=code, out=said.out, err=said.err)


def test_every_check_is_listed_with_its_ports(leakguard: ScanCommands) -> None:
    lines = leakguard("checks", "list").out.splitlines()

    assert lines[0].split() == ["ID", "DATASTORE", "LIFECYCLE", "PORTS", "TITLE"]
    assert [line.split()[0] for line in lines[1:]] == [
        "http_login_asked", "memcached_open", "redis_open", "s3_bucket_open", "store_open",
    ]  # fmt: skip
    assert lines[3].split()[:4] == ["redis_open", "redis", "experimental", "6379"]


def test_the_list_is_one_json_document_too(leakguard: ScanCommands) -> None:
    document = leakguard("checks", "list", "--format", "json").document

    assert document["checks"][-1] == {
        "id": "store_open", "version": 2, "datastore": "store", "lifecycle": "stable",
        "title": "A store lists its collections without a login", "ports": [9200, 80],
    }  # fmt: skip


def test_a_check_is_shown_with_all_that_it_does(leakguard: ScanCommands) -> None:
    text = leakguard("checks", "show", "store_open").out

    for part in (
        "store_open, version 2, stable",
        "Asks over http, by default on 9200, 80:",
        "root: GET /\n",
        'list: GET /list, only if the answer to `root` contains "\\"store\\""',
        "exposed: an anonymous caller listed the collections",
        "when the answer to `list` has status 200",
        "stated by /list",
        "Remediation: Close the port.",
        "Reference: https://example.edu/help",
    ):
        assert part in text, part


def test_a_fallback_and_an_empty_condition_are_told_in_words(leakguard: ScanCommands) -> None:
    text = leakguard("checks", "show", "http_login_asked").out

    assert "when nothing above held" in text
    assert "Judged only where no other check of this kind applied." in text


def test_a_check_is_json_as_its_file_states_it(leakguard: ScanCommands) -> None:
    document = leakguard("checks", "show", "redis_open", "--format", "json").document

    assert document["probe"] == {"kind": "redis", "ports": [6379], "requests": [{"id": "ping", "method": "PING"}]}
    assert document["rules"][-1]["when"] == {}


def test_an_unknown_check_gets_the_nearest_name(leakguard: ScanCommands) -> None:
    ran = leakguard("checks", "show", "redis_opne")

    assert ran.code == 2
    assert "Next: Did you mean `redis_open`?" in ran.err


def test_every_check_that_ships_can_be_shown_and_has_no_problem(leakguard: ScanCommands) -> None:
    names = [each["id"] for each in real(leakguard, "checks", "list", "--format", "json").document["checks"]]
    lint = real(leakguard, "checks", "lint")

    assert len(names) == len(BundledFiles().names("checks")) >= 8
    assert (lint.code, lint.out) == (0, "")
    assert lint.err.strip() == f"{len(names) + len(BundledFiles().names('cloud_checks'))} files, 0 problems."
    shown = real(leakguard, "checks", "show", names[0])
    assert (shown.code, shown.out.count("Remediation: ")) == (0, 1)


def test_every_check_that_ships_can_be_written_for_a_person() -> None:
    for check in load_library({name: BundledFiles().text("checks", name) for name in BundledFiles().names("checks")}):
        text = "\n".join(described(check))

        assert "Conditions with a name:" not in text or "\n  " in text
        assert "Remediation: " in text


def test_all_problems_of_all_files_are_named(leakguard: ScanCommands) -> None:
    good, bad = leakguard.folder / "store_open.yaml", leakguard.folder / "bad_open.yaml"
    good.write_text(STORE_OPEN)
    bad.write_text(
        STORE_OPEN.replace("title:", "titel:").replace("get: /list", "get: list").replace("store_open", "bad_open")
    )

    ran = leakguard("checks", "lint", "store_open.yaml", "bad_open.yaml")
    document = leakguard("checks", "lint", "store_open.yaml", "bad_open.yaml", "--format", "json").document

    assert ran.code == 1
    assert "titel: unknown field (did you mean `title`?)" in ran.out
    assert "a path starts with `/`" in ran.out
    assert "bad_open.yaml" in ran.out
    assert "store_open.yaml" not in ran.out
    assert len(document["problems"]) == len(ran.out.splitlines()) == 3
    assert {problem["line"] for problem in document["problems"]} == {1, 3, 10}
    assert document["files"] == ["store_open.yaml", "bad_open.yaml"]


def test_a_file_named_otherwise_than_its_check_is_a_problem(leakguard: ScanCommands) -> None:
    (leakguard.folder / "other.yaml").write_text(STORE_OPEN)

    ran = leakguard("checks", "lint", "other.yaml")

    assert ran.code == 1
    assert "named after its id" in ran.out
    assert ran.err == "1 file, 1 problem.\n"


def test_a_good_file_is_clean(leakguard: ScanCommands) -> None:
    (leakguard.folder / "store_open.yaml").write_text(STORE_OPEN)

    ran = leakguard("-q", "checks", "lint", "store_open.yaml")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_missing_file_is_a_usage_error(leakguard: ScanCommands) -> None:
    ran = leakguard("checks", "lint", "missing.yaml")

    assert (ran.code, ran.out) == (2, "")
    assert "No such file" in ran.err


def test_the_fields_of_a_lint_problem_are_for_scripts(leakguard: ScanCommands) -> None:
    (leakguard.folder / "a_b.yaml").write_text("id: a_b\n")

    text = leakguard("checks", "lint", "a_b.yaml", "--format", "json").out

    assert all(set(problem) == {"where", "text", "line", "nearest"} for problem in json.loads(text)["problems"])


def test_the_checks_of_the_owners_side_are_a_list_of_their_own(leakguard: ScanCommands) -> None:
    lines = leakguard("checks", "list", "--aws").out.splitlines()
    document = leakguard("checks", "list", "--aws", "--format", "json").document

    assert lines[0].split() == ["ID", "DATASTORE", "LIFECYCLE", "RESOURCE", "TITLE"]
    assert {check["id"] for check in document["checks"]} == {line.split()[0] for line in lines[1:] if line[0] == "a"}
    assert document["checks"][0]["version"] == 1


def test_a_check_of_the_owners_side_is_shown_with_its_rules(leakguard: ScanCommands) -> None:
    text = leakguard("checks", "show", "aws_rds_public").out
    document = leakguard("checks", "show", "aws_rds_public", "--format", "json").document

    assert "Judges each rds instance of an account by the first rule that holds:" in text
    assert "  exposed, medium: it has a public address" in text
    assert "    when public && open.any" in text
    assert "Remediation: " in text
    assert document["resource"] == "rds_instance"


def test_each_check_has_a_page_made_from_its_file(leakguard: ScanCommands) -> None:
    ran = real(leakguard, "checks", "pages", "-o", "docs/checks")
    again = real(leakguard, "checks", "pages", "-o", "docs/checks")
    ids = [name.removesuffix(".yaml") for name in BundledFiles().names("checks")]
    folder = leakguard.folder / "docs/checks"

    assert ran.code == again.code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([*(f"{one}.md" for one in ids), "README.md"])
    assert (
        real(leakguard, "checks", "show", "redis_open", "--format", "md").out == (folder / "redis_open.md").read_text()
    )
    assert all(f"[{one}]({one}.md)" in (folder / "README.md").read_text("utf-8") for one in ids)


def test_a_page_tells_conditions_in_words_never_as_json(leakguard: ScanCommands) -> None:
    ran = real(leakguard, "checks", "pages", "-o", "docs/checks")
    pages = {path.name: path.read_text("utf-8") for path in (leakguard.folder / "docs/checks").glob("*.md")}

    assert ran.code == 0
    assert len(pages) > len(BundledFiles().names("checks"))
    assert [name for name, page in pages.items() if '{"request"' in page] == []


def test_a_folder_that_cannot_be_made_is_said_so(leakguard: ScanCommands) -> None:
    (leakguard.folder / "file").write_text("", encoding="utf-8")

    assert leakguard("checks", "pages", "-o", "file/docs").code == 2


def test_each_check_of_the_owners_side_has_a_page_too(leakguard: ScanCommands) -> None:
    ran = leakguard("checks", "pages", "--aws", "-o", "docs/aws")
    folder = leakguard.folder / "docs/aws"
    page = (folder / "aws_rds_public.md").read_text("utf-8")
    ids = [
        name.removesuffix(".yaml") for name in BundledFiles().names("cloud_checks") if not name.startswith("shared/")
    ]

    assert ran.code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([*(f"{one}.md" for one in ids), "README.md"])
    assert leakguard("checks", "show", "aws_rds_public", "--format", "md").out == page
    assert "| exposed | medium | it has a public address" in page
    assert "| not exposed | none | it has no public address | nothing above held |" in page
    assert "[aws_rds_public](aws_rds_public.md)" in (folder / "README.md").read_text("utf-8")


OWNED = """\
id: aws_mine
version: 1
title: A thing is open
datastore: x
resource: thing
why: It matters.
rules: [{when: public, then: exposed, severity: high, access: read, reason: it is public}]
rules_of: policy
remediation: Close it.
references: ["https://example.org/"]
"""


def test_a_check_of_the_owners_side_is_held_to_the_rules_of_its_side(leakguard: ScanCommands) -> None:
    """It names a resource and has no probe, wherever it lies; the shared rules that ship may be used."""
    for folder in ("ours", "shared"):
        (leakguard.folder / folder).mkdir()
        (leakguard.folder / folder / "aws_mine.yaml").write_text(OWNED)
    (leakguard.folder / "aws_bad.yaml").write_text(OWNED.replace("why:", "wy:").replace("aws_mine", "aws_bad"))

    good = [real(leakguard, "checks", "lint", f"{folder}/aws_mine.yaml") for folder in ("ours", "shared")]
    bad = real(leakguard, "checks", "lint", "aws_bad.yaml", "ours/aws_mine.yaml")

    assert [(ran.code, ran.out) for ran in good] == [(0, "")] * 2
    assert bad.code == 1
    assert "aws_bad.yaml: wy: unknown field (did you mean `why`?)" in bad.out
    assert "probe" not in bad.out
    assert "aws_mine" not in bad.out


def test_rules_that_several_checks_share_are_linted_alone(leakguard: ScanCommands) -> None:
    (leakguard.folder / "shared").mkdir()
    (leakguard.folder / "shared" / "things.yaml").write_text("rules: [{then: not_exposed}]\n")

    ran = real(leakguard, "checks", "lint", "shared/things.yaml")

    assert ran.code == 1
    assert "shared/things.yaml: rules[0].reason: this field is missing" in ran.out
