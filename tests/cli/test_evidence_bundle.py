"""`leakguard evidence key`, `head`, `stamp`, `export` and `verifier`, as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from leakguard.store.sql_store import SqlStore
from support.bundles import PROGRAM, verifier
from support.commands import CommandLine, Ran, command_line
from support.findings import make_finding
from support.full_disk import no_room
from support.ledgers import FakeClock, Tokens
from support.stamping import StampingAuthority

ID = "IR-2026-0001"
CANARY = "canary-7f3a9c"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    line = command_line(tmp_path, monkeypatch, capsys)
    store = SqlStore.open("leakguard.db", now=FakeClock(), token=Tokens())
    store.save_findings("R-1", [make_finding("F-1"), make_finding("F-2")], {})
    store.close()
    (tmp_path / "access.log").write_bytes(b"GET /\n")
    line("incident", "open", "--finding", "F-1", "--title", "open index")
    line("incident", "open", "--title", CANARY)
    line("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--keep")
    return line


@pytest.fixture
def key(leakguard: CommandLine) -> str:
    return leakguard("evidence", "key", "init", "--name", "ir.example.edu/ledger").out.strip()


def judged(leakguard: CommandLine, name: str = "bundle.zip", **given: object) -> str:
    return str(verifier().verify(str(leakguard.folder / name), **given).answer)


def set_heads(leakguard: CommandLine, heads: str) -> None:
    (leakguard.folder / "leakguard.toml").write_text(
        f'drill = true\nzone = "Asia/Shanghai"\nheads = "{heads}"\n[[channel]]\nname = "audit"\nkind = "file"\n'
        'path = "audit.txt"\n', encoding="utf-8",
    )  # fmt: skip


def test_who_gives_a_bundle_away_learns_that_a_copy_is_missing_in_it(leakguard: CommandLine) -> None:
    assert "kept copy" not in leakguard("evidence", "export", "whole.zip").err
    for copy in (leakguard.folder / "leakguard.db.evidence").iterdir():
        copy.unlink()
    ran = leakguard("evidence", "export", "bundle.zip", "--incident", ID)

    assert ran.code == 0
    assert "EV-5: its kept copy is gone, so the verifier of the bundle reports it as not verifiable" in ran.err
    assert "kept copy" not in leakguard("evidence", "export", "bare.zip", "--without-files").err


def test_who_gives_a_bundle_away_learns_how_many_other_targets_it_names(leakguard: CommandLine) -> None:
    finding, done = make_finding("F-3"), {"hr.example:3306": "not_exposed", "payroll.example:9200": "exposed"}
    store = SqlStore.open("leakguard.db", now=FakeClock(), token=Tokens())
    store.save_findings("R-2", [finding], {finding.target: "exposed", **done})
    store.close()
    opened = leakguard("incident", "open", "--finding", "F-3", "--title", "another index", "--again")

    assert opened.code == 0, opened.err
    assert "names 2 other targets" in leakguard("evidence", "export", "third.zip", "--incident", "IR-2026-0003").err
    assert "other target" not in leakguard("evidence", "export", "first.zip", "--incident", ID).err


def test_a_key_is_made_once_and_only_its_owner_may_read_it(leakguard: CommandLine, key: str) -> None:
    path = leakguard.folder / "leakguard.key"

    assert key.startswith("ir.example.edu/ledger+")
    assert path.stat().st_mode & 0o777 == 0o600
    assert (leakguard.folder / "leakguard.key.pub").read_text(encoding="ascii").strip() == key
    assert leakguard("evidence", "key", "show").out.strip() == key
    assert "exists already" in leakguard("evidence", "key", "init").err
    with no_room():
        assert "cannot be written" in leakguard("evidence", "key", "init", "second.key").err
    assert not (leakguard.folder / "second.key").exists()
    assert "cannot be written" in leakguard("evidence", "key", "init", "nowhere/x.key").err


def test_without_a_key_there_is_none_to_show(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "key", "show")

    assert ran.code == 2
    assert "leakguard evidence key init" in ran.err


def test_a_bundle_matches_the_key_and_the_head_that_was_printed(leakguard: CommandLine, key: str) -> None:
    head = leakguard("evidence", "head").out.splitlines()[0]

    ran = leakguard("evidence", "export", "bundle.zip")

    assert ran.code == 0
    assert "signed by ir.example.edu/ledger" in ran.out
    assert judged(leakguard, key=key, heads=[head], paths=[str(leakguard.folder / "access.log")]) == "match"


def test_the_same_ledger_gives_the_same_bytes(leakguard: CommandLine, key: str) -> None:
    assert key
    leakguard("evidence", "export", "one.zip")
    leakguard("evidence", "export", "two.zip")

    assert (leakguard.folder / "one.zip").read_bytes() == (leakguard.folder / "two.zip").read_bytes()


def test_a_bundle_for_somebody_says_so_first_and_holds_one_matter_alone(leakguard: CommandLine, key: str) -> None:
    ran = leakguard("evidence", "export", "bundle.zip", "--incident", ID, "--by", "counsel", "--to", "authority")

    assert ran.code == 0
    body = (leakguard.folder / "bundle.zip").read_bytes()
    assert CANARY.encode() not in body
    assert b'"F-1"' in body
    assert b'"id":"F-2","position"' not in body
    assert judged(leakguard, key=key) == "match"
    assert "exported by counsel: authority" in leakguard("evidence", "list", "--items").out


def test_a_bundle_without_files_is_honest_about_it(leakguard: CommandLine) -> None:
    leakguard("evidence", "export", "bundle.zip", "--without-files")

    assert judged(leakguard) == "not verifiable"


def test_a_copy_that_is_gone_is_missed_in_the_bundle_too(leakguard: CommandLine) -> None:
    for copy in (leakguard.folder / "leakguard.db.evidence").iterdir():
        copy.unlink()

    assert leakguard("evidence", "export", "bundle.zip").code == 0
    assert judged(leakguard) == "not verifiable"


def test_a_drill_is_marked_and_the_verifier_in_the_bundle_is_ours(leakguard: CommandLine) -> None:
    leakguard("evidence", "export", "bundle.zip", "--by", "counsel", "--to", "authority")
    body = (leakguard.folder / "bundle.zip").read_bytes()

    assert b"DRILL - DRILL" in body
    assert PROGRAM.read_bytes() in body
    assert leakguard("evidence", "verifier").out == PROGRAM.read_text(encoding="utf-8")


def test_a_ledger_that_does_not_verify_is_not_exported(leakguard: CommandLine) -> None:
    (leakguard.folder / "leakguard.db.evidence").joinpath(
        next((leakguard.folder / "leakguard.db.evidence").iterdir()).name
    ).write_bytes(b"other")

    ran = leakguard("evidence", "export", "bundle.zip")

    assert (ran.code, ran.out) == (3, "")
    assert not (leakguard.folder / "bundle.zip").exists()
    assert not list(leakguard.folder.glob(".bundle*"))


def test_a_bundle_that_cannot_be_written_or_is_for_half_a_person_is_refused(leakguard: CommandLine) -> None:
    assert "cannot be written" in leakguard("evidence", "export", "nowhere/bundle.zip").err
    assert leakguard("evidence", "export", "bundle.zip", "--by", "x").code == 2
    assert leakguard("evidence", "export", "bundle.zip", "--incident", "IR-9").code == 2


def test_an_empty_ledger_has_no_head_and_no_bundle(leakguard: CommandLine) -> None:
    SqlStore.open("empty.db", now=FakeClock(), token=Tokens()).close()

    assert "the ledger is empty" in leakguard("--store", "empty.db", "evidence", "export", "bundle.zip").err
    assert "the ledger is empty" in leakguard("--store", "empty.db", "evidence", "head").err


def test_a_head_is_told_as_text_as_json_and_as_a_note(leakguard: CommandLine, key: str) -> None:
    text = leakguard("evidence", "head").out.splitlines()
    told = leakguard("evidence", "head", "--format", "json").document
    note = leakguard("evidence", "head", "--format", "note").out

    assert (text[0], told["short"], told["signed_by"], told["note"]) == (told["short"], told["short"], key, note)
    assert text[1] == f"root {told['root']}"
    assert told["size"] == 6  # the key signed what was there before it


def test_a_head_is_kept_everywhere_once_and_a_place_that_failed_is_tried_again(leakguard: CommandLine) -> None:
    git = leakguard.folder / "heads"
    set_heads(leakguard, f"other.head, git:{git}, channel:audit")

    failed = leakguard("evidence", "head", "--keep")
    git.mkdir()
    subprocess.run(["git", "init", "--quiet", str(git)], check=True)
    again = leakguard("evidence", "head", "--keep")
    quiet = leakguard("evidence", "head", "--keep")

    assert failed.code == 3
    assert "its file cannot be written" in failed.err
    assert (again.code, quiet.code, again.err) == (0, 0, "")
    sent = [json.loads(line) for line in (leakguard.folder / "drill-alarms.txt").read_text().splitlines()]
    assert [one["title"].split(",")[0] for one in sent] == ["Ledger head: entry 5", "Ledger head: entry 6"]
    kinds = [line.split()[3] for line in leakguard("evidence", "list", "--subject", "ledger").out.splitlines()]
    assert kinds == ["head_kept", "head_kept"]
    assert json.loads((leakguard.folder / "other.head").read_text())["sequence"] == 7
    assert leakguard("evidence", "verify").code == 0


def test_a_watchman_keeps_heads_too_and_not_more_often_than_once_an_hour(leakguard: CommandLine) -> None:
    set_heads(leakguard, "git:nowhere, channel:audit")

    first = leakguard("watchman", "once")
    leakguard("incident", "event", ID, "awareness")
    leakguard.now = "2026-05-24T09:59+08:00"
    second = leakguard("watchman", "once")
    leakguard.now = "2026-05-24T10:01+08:00"
    third = leakguard("watchman", "once")

    assert "head not kept: git:nowhere: its file cannot be written" in first.err
    assert "head not kept" not in second.err
    assert "head not kept" in third.err
    kinds = [line.split()[3] for line in leakguard("evidence", "list", "--subject", "ledger").out.splitlines()]
    assert kinds == ["head_kept", "head_kept"]


def test_a_file_that_cannot_hold_the_head_is_named_until_it_can(leakguard: CommandLine, key: str) -> None:
    assert key
    set_heads(leakguard, "other.head, gone/leakguard.head")

    failed = leakguard("evidence", "head", "--keep")
    still = leakguard("evidence", "head", "--keep")
    watched = leakguard("watchman", "once")
    (leakguard.folder / "gone").mkdir()
    mended = leakguard("evidence", "head", "--keep")

    assert (failed.code, still.code, mended.code) == (3, 3, 0)
    assert "gone/leakguard.head: the head cannot be written there (No such file or directory)" in failed.err
    assert "gone/leakguard.head" in still.err
    assert "head not kept: gone/leakguard.head" in watched.err
    kept = [
        json.loads((leakguard.folder / name).read_text())["sequence"] for name in ("other.head", "gone/leakguard.head")
    ]
    assert kept[0] == kept[1]
    assert leakguard("evidence", "verify").code == 0


def test_a_channel_that_there_is_not_is_named(leakguard: CommandLine) -> None:
    set_heads(leakguard, "channel:nobody")

    assert "`nobody`" in leakguard("evidence", "head", "--keep").err


@pytest.fixture
def authority(tmp_path: Path) -> StampingAuthority:
    authority = StampingAuthority(tmp_path / "tsa")
    (tmp_path / "roots.pem").write_bytes(authority.roots)
    return authority


def stamp(leakguard: CommandLine, authority: StampingAuthority) -> Ran:
    leakguard("evidence", "stamp", "request", "-o", "head.tsq")
    answer = authority.answer((leakguard.folder / "head.tsq").read_bytes())
    (leakguard.folder / "head.tsr").write_bytes(answer)
    return leakguard("evidence", "stamp", "import", "head.tsr", "--roots", "roots.pem")


def test_a_time_stamp_is_asked_for_verified_kept_and_exported(
    leakguard: CommandLine, key: str, authority: StampingAuthority
) -> None:
    first, second = stamp(leakguard, authority), leakguard("evidence", "stamp", "request", "-o", "again.tsq")
    leakguard("evidence", "export", "bundle.zip")

    assert first.out.startswith("The first 5 entries existed at ")
    assert first.out.endswith("says CN=Test Stamping Authority.\n")
    assert second.code == 0
    assert "kept already" in leakguard("evidence", "stamp", "import", "head.tsr", "--roots", "roots.pem").err
    assert judged(leakguard, key=key) == "match"
    extracted = verifier().read_bundle(str(leakguard.folder / "bundle.zip"))
    (leakguard.folder / "x.tsr").write_bytes(extracted["stamps/7.tsr"].data)
    (leakguard.folder / "x.note").write_bytes(extracted["stamps/7.note"].data)
    said = subprocess.run(["openssl", "ts", "-verify", "-in", "x.tsr", "-data", "x.note", "-CAfile", "roots.pem"],
                          cwd=leakguard.folder, capture_output=True, text=True, check=False)  # fmt: skip
    assert said.stdout == "Verification: OK\n"


def test_two_requests_without_anything_in_between_are_over_the_same_head(
    leakguard: CommandLine, authority: StampingAuthority
) -> None:
    leakguard("evidence", "stamp", "request", "-o", "head.tsq")

    assert stamp(leakguard, authority).out.startswith("The first 5 entries")


def test_an_answer_over_another_ledger_and_a_file_that_is_not_there_are_refused(
    leakguard: CommandLine, authority: StampingAuthority
) -> None:
    stamp(leakguard, authority)
    (leakguard.folder / "other.tsr").write_bytes(b"x" * 300_000)

    for name, said in (("other.tsr", "over no head of this ledger"), ("nothing.tsr", "No such file")):
        assert said in leakguard("evidence", "stamp", "import", name, "--roots", "roots.pem").err


def test_a_head_from_a_letter_is_compared_with_the_store(leakguard: CommandLine) -> None:
    head = leakguard("evidence", "head").out.splitlines()[0]

    assert leakguard("evidence", "verify", "--head", head).code == 0
    assert leakguard("evidence", "verify", "--head", "9:0123456789abcdef").code == 1
    assert leakguard("evidence", "verify", "--head", "5:0123456789abcdef").code == 1
    assert leakguard("evidence", "verify", "--head", "nonsense" * 999).code == 2
    (leakguard.folder / "heads.txt").write_text(leakguard("evidence", "head", "--format", "note").out, encoding="utf-8")
    assert leakguard("evidence", "verify", "--head", "heads.txt").code == 0


def test_a_new_key_names_both_files_beside_the_public_half(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "key", "init")

    assert "private half: leakguard.key; public half: leakguard.key.pub, give this one away" in ran.err
    assert ran.out == (leakguard.folder / "leakguard.key.pub").read_text(encoding="utf-8")


def test_a_ledger_says_which_key_has_signed_its_heads(leakguard: CommandLine) -> None:
    public = leakguard("evidence", "key", "init").out.strip()
    first = leakguard("evidence", "verify").out.splitlines()[0]
    named = leakguard("evidence", "verify", "--key", "leakguard.key.pub")

    assert first.startswith("The ledger verifies: ")
    assert first.endswith(f" Signed by leakguard {public.split('+')[1]}.")
    assert named.out.splitlines()[0] == first


def test_a_head_of_another_key_is_not_said_to_be_signed_by_ours(leakguard: CommandLine) -> None:
    leakguard("evidence", "key", "init")
    other = leakguard("evidence", "key", "init", "other.key").out.strip()
    ran = leakguard("evidence", "verify", "--key", other)

    assert ran.code == 1
    assert "Signed by" not in ran.out
    assert "No head is signed" not in ran.out


def test_a_key_file_that_is_not_there_is_named(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "verify", "--key", "ledger.pub")

    assert ran.code == 2
    assert "no file `ledger.pub` here" in ran.err
    assert "evidence key show" in ran.err


def readme(leakguard: CommandLine) -> str:
    leakguard("evidence", "export", "bundle.zip")
    with ZipFile(leakguard.folder / "bundle.zip") as bundle:
        return bundle.read("README.txt").decode()


def test_the_readme_of_a_bundle_tells_a_stranger_what_is_needed_in_its_order(leakguard: CommandLine) -> None:
    told = readme(leakguard)
    headings = ["1. What this is", "2. Verify it in one command", "3. What each file is", "4. What it does not prove"]

    assert [line for line in told.splitlines() if line[:2] in {"1.", "2.", "3.", "4."}] == headings
    assert max(map(len, told.splitlines())) <= 80
    for limit in ("recorded is true", "a clock was right", "Every other name is as typed", "rewritten"):
        assert limit in " ".join(told.partition(headings[3])[2].split())


def test_the_readme_of_a_bundle_explains_each_of_its_files(leakguard: CommandLine, key: str) -> None:
    assert key
    files = readme(leakguard).partition("3. What each file is")[2].partition("4. ")[0]
    with ZipFile(leakguard.folder / "bundle.zip") as bundle:
        names = bundle.namelist()

    for name in names:
        first = name.partition("/")[0] + ("/" if "/" in name else "")
        assert f"\n  {first} " in files


def test_the_command_of_the_readme_verifies_the_bundle(leakguard: CommandLine, key: str) -> None:
    """As a stranger does it: the program out of the bundle, the key from elsewhere."""
    told = readme(leakguard)
    (command,) = [line.strip() for line in told.splitlines() if line.startswith("  python3 verify.py ")]
    with ZipFile(leakguard.folder / "bundle.zip") as bundle:
        bundle.extract("verify.py", leakguard.folder)
    (leakguard.folder / "KEY.pub").write_text(key, encoding="ascii")
    words = [{"python3": sys.executable, "BUNDLE.zip": "bundle.zip"}.get(word, word) for word in command.split()]
    ran = subprocess.run(words, cwd=leakguard.folder, capture_output=True, text=True, check=False)

    assert (ran.returncode, "ANSWER: match" in ran.stdout) == (0, True)


def test_the_command_for_a_bundle_that_nobody_signed_asks_for_a_head(leakguard: CommandLine) -> None:
    told = readme(leakguard)

    assert "\n  python3 verify.py BUNDLE.zip --head HEAD\n" in told
    assert "Nobody signed this bundle." in told
