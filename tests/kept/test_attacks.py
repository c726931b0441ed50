"""Attacks on a store by somebody with a database shell and the files, but without the key, as they would do them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from support.commands import CommandLine, Ran, command_line

pytestmark = pytest.mark.untraced

HERE = Path(__file__).parent
DAY = HERE / "2026-11-29"
INCIDENT = "IR-2026-0001"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A folder with the kept store, which today's code has upgraded, and no key."""
    copy = tmp_path / "left"
    shutil.copytree(DAY, copy)
    for name in ("leakguard.key", "leakguard.key.pub"):
        (copy / name).unlink()
    made = command_line(copy, monkeypatch, capsys)
    made.now = "2026-06-12T13:00Z"
    settings = copy / "leakguard.toml"
    settings.write_text(f'store = "store.db"\n{settings.read_text(encoding="utf-8")}', encoding="utf-8")
    made("incident", "event", INCIDENT, "status_sent")
    return made


def sql(desk: CommandLine, statement: str) -> None:
    with closing(sqlite3.connect(desk.folder / "store.db")) as raw, raw:
        assert raw.execute(statement).rowcount > 0


PLANTED = """INSERT INTO deliveries SELECT incident, batch, 'f00d' || substr(key, 5), 'sent', at,
    'lg.planted@university.example', digest, 1, 250, 'Q9', '', NULL, '', NULL
    FROM deliveries WHERE state = 'sent' LIMIT 1"""
STOPPED = "run = (SELECT subject FROM ledger WHERE kind = 'run_interrupted')"


@pytest.mark.parametrize(
    "statement",
    [
        PLANTED,
        "UPDATE deliveries SET state = 'sent' WHERE state = 'refused'",
        "UPDATE deliveries SET sealed = 4711 WHERE state = 'refused'",
        "DELETE FROM deliveries WHERE state = 'in_doubt'",
        f"UPDATE run_states SET next_position = 4000 WHERE {STOPPED}",  # noqa: S608  (of this test)
        f"UPDATE run_states SET counts = '{{}}' WHERE {STOPPED}",  # noqa: S608  (as above)
        f"DELETE FROM run_states WHERE {STOPPED}",  # noqa: S608  (as above)
        "DELETE FROM once WHERE key LIKE 'alarm/%'",
        "INSERT INTO bookmarks VALUES ('another', 3, 'text')",
    ],
)
def test_an_edited_row_does_not_verify(desk: CommandLine, statement: str) -> None:
    before = desk("evidence", "verify")
    sql(desk, statement)
    after = desk("evidence", "verify")

    assert (before.code, after.code) == (0, 1)
    assert "THE LEDGER DOES NOT VERIFY" in after.out


def test_an_edited_stopped_run_does_not_go_on(desk: CommandLine) -> None:
    """It counted 4,000 endpoints as closed of which it had asked none, and of a plan of 128."""
    run = desk("scan", "show", "--format", "json").document["runs"][-1]["run"]
    sql(desk, f"UPDATE run_states SET next_position = 4000, counts = '{{\"closed\": 4000}}' WHERE {STOPPED}")  # noqa: S608  (as above)

    ran = desk("scan", "--resume", run)

    assert ran.code == 3
    assert "is not as the ledger lists it" in ran.err
    assert "evidence verify" in ran.err


def signed(desk: CommandLine) -> None:
    desk("evidence", "key", "init")
    desk("incident", "event", INCIDENT, "status_sent")


def forged(desk: CommandLine, *, with_key: bool = False) -> None:
    """Another story under the same name, with every file that goes with it."""
    elsewhere = desk.folder / "forger"
    elsewhere.mkdir()
    (elsewhere / "leakguard.toml").write_text('store = "store.db"\ndrill = true\n', encoding="utf-8")
    before = Path.cwd()
    os.chdir(elsewhere)
    try:
        desk("incident", "open", "--title", "nothing happened")
        if with_key:
            desk("evidence", "key", "init")
        for _ in range(3):
            desk("incident", "event", INCIDENT, "status_sent")
        desk("evidence", "export", "bundle.zip")
    finally:
        os.chdir(before)
    for name in ("store.db", "store.db.head"):
        shutil.copy(elsewhere / name, desk.folder / name)


@pytest.mark.parametrize("with_key", [False, True])
def test_a_database_and_a_head_that_somebody_without_the_key_wrote_do_not_verify(
    desk: CommandLine,
    with_key: bool,  # noqa: FBT001  (a case)
) -> None:
    signed(desk)
    whole = desk("evidence", "verify")
    forged(desk, with_key=with_key)

    ran = desk("evidence", "verify")
    going_on = desk("incident", "event", INCIDENT, "awareness")

    assert (whole.code, ran.code, going_on.code) == (0, 1, 3)


def test_a_signed_head_that_was_replaced_by_its_unsigned_self_does_not_verify(desk: CommandLine) -> None:
    signed(desk)
    head = desk.folder / "store.db.head"
    line = head.read_text(encoding="ascii").partition(', "signed_by"')[0].rstrip("}\n")
    head.write_text(f"{line}}}\n", encoding="ascii")

    assert desk("evidence", "verify").code == 1


def verifier(desk: CommandLine, *words: str) -> Ran:
    program = desk.folder / "today.py"
    program.write_text(desk("evidence", "verifier").out, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, program, *words], capture_output=True, text=True, cwd=desk.folder, check=False
    )
    return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)


def test_a_bundle_that_was_signed_with_a_fresh_key_is_no_match(desk: CommandLine) -> None:
    signed(desk)
    key = desk("evidence", "key", "show").out.strip()
    forged(desk, with_key=True)

    plain = verifier(desk, "forger/bundle.zip")
    named = verifier(desk, "forger/bundle.zip", "--key", key)

    assert (plain.code, plain.out.splitlines()[-1]) == (4, "ANSWER: signed by a key you did not name")
    assert named.code == 1


def test_what_a_wide_umask_made_readable_stays_private(desk: CommandLine) -> None:
    before = os.umask(0)
    try:
        desk("incident", "event", INCIDENT, "status_sent")
        desk("incident", "report", INCIDENT, "-o", "report.html")
        desk("evidence", "export", "case.zip")
    finally:
        os.umask(before)

    modes = {stat.S_IMODE((desk.folder / name).stat().st_mode) for name in ("store.db.head", "report.html", "case.zip")}
    assert modes == {0o600}
