"""`leakguard evidence redact`: what is erased is gone, and everything else goes on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import StoreUnusable
from leakguard.ledger.erasure import is_erasable
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from support.commands import CommandLine, command_line
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens

ID = "IR-2026-0001"
CANARY = "canary-7f3a9c"
WHY = ("--by", "dpo", "--reason", "asked for, case 17")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident from a finding, with everything that people write into one."""
    line = command_line(tmp_path, monkeypatch, capsys)
    store = SqlStore.open("leakguard.db", now=FakeClock(), token=Tokens())
    store.save_findings("R-1", [make_finding("F-1", host=CANARY), make_finding("F-2")], {CANARY: "exposed"})
    store.close()
    line("incident", "open", "--finding", "F-1", "--title", CANARY)
    line("incident", "event", ID, "awareness", "--source", CANARY, "--field", f"decider={CANARY}")
    line("incident", "event", ID, "filed", "--obligation", "eu-gdpr-33-authority", "--stage", "initial",
         "--source", CANARY)  # fmt: skip
    return line


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def clocks(leakguard: CommandLine) -> str:
    return leakguard("clock", "list", "--incident", ID).out


def test_everything_that_can_be_erased_is_gone_from_every_file_and_every_clock_stands_as_before(
    leakguard: CommandLine,
) -> None:
    before = clocks(leakguard)
    assert leftovers(leakguard.folder)

    ran = leakguard("evidence", "redact", "1", "E-2", "E-3", "E-4", "E-5", "F-1", "F-2", *WHY)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "Erased: 1, 2, 3, 4, 5, F-1, F-2. Entry 6, 7 says so.\n"
    assert leftovers(leakguard.folder) == []
    assert clocks(leakguard) == before
    verified = leakguard("evidence", "verify")
    assert verified.out.startswith("The ledger verifies: 7 entries, 2 without any doubt.")
    assert "erased          the content of entry 2 was erased on purpose by dpo: asked for, case 17" in verified.out


def test_an_incident_with_a_response_and_alarms_reads_on_after_all_of_it_was_erased(leakguard: CommandLine) -> None:
    """Every kind that people or programs write, then every command that reads."""
    leakguard("playbook", "start", ID)
    steps = leakguard("playbook", "next", ID, "--format", "json").document
    leakguard("incident", "event", ID, "note", "--field", f"text={CANARY}")
    leakguard.now = "2026-05-30T09:00+08:00"
    leakguard("watchman", "once")
    leakguard("clock", "ack", "--incident", ID, "--all", "--by", CANARY)
    entries = [json.loads(line) for line in leakguard("evidence", "list", "--format", "jsonl").out.splitlines()]
    erasable = [str(entry["sequence"]) for entry in entries if is_erasable(entry["kind"])]

    assert steps
    assert leakguard("evidence", "redact", *erasable, "F-1", "F-2", *WHY).code == 0

    assert leftovers(leakguard.folder) == []
    for words in (
        ("incident", "show", ID), ("incident", "list"), ("incident", "timeline", ID), ("playbook", "next", ID),
        ("playbook", "show", ID), ("clock", "list", "--incident", ID), ("watchman", "once"), ("scan", "show", "R-1"),
        ("evidence", "verify"), ("evidence", "list"), ("evidence", "list", "--items"),
    ):  # fmt: skip
        ran = leakguard(*words)
        assert ran.code in {0, 2, 3, 4}, (words, ran.err)  # 3: nobody is named to be notified
        assert "bug" not in ran.err, words


def test_the_result_as_json_names_the_entry_that_says_so(leakguard: CommandLine) -> None:
    told = leakguard("evidence", "redact", "E-4", *WHY, "--format", "json").document

    assert told == {"erased": [4], "findings": [], "said_by": [6], "is_scrubbed": True}


def test_a_field_is_kept_on_demand(leakguard: CommandLine) -> None:
    leakguard("evidence", "redact", "E-4", *WHY, "--keep", "decider")

    line = next(line for line in leakguard("incident", "show", ID).out.splitlines() if "decider" in line)
    assert line.strip() == f"(erased); decider={CANARY}; recorded by (erased) (user of the operating system)"


def interrupted(*_: object, **__: object) -> None:
    """As far as a killed process came."""
    raise KeyboardInterrupt


def test_a_kept_copy_goes_with_its_item_unless_another_one_needs_it(leakguard: CommandLine) -> None:
    log = leakguard.folder / "access.log"
    log.write_text("GET /", encoding="ascii")
    for _ in range(2):
        leakguard("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--keep")
    folder = leakguard.folder / "leakguard.db.evidence"

    leakguard("evidence", "redact", "EV-6", *WHY)
    assert len(list(folder.iterdir())) == 1
    leakguard("evidence", "redact", "EV-7", *WHY)

    assert list(folder.iterdir()) == []
    assert "(erased)" in leakguard("evidence", "list", "--items").out
    assert leakguard("evidence", "verify").code == 0


@pytest.mark.parametrize(
    "again", [("redact", "EV-6", *WHY), ("scrub",), ("redact", "E-4", *WHY)], ids=lambda words: words[0]
)
def test_a_copy_that_a_killed_erasure_did_not_come_to_goes_with_the_next_one(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch, again: tuple[str, ...]
) -> None:
    """A copy of some gigabytes is overwritten for a while; the ledger said that it was erased, and it lay there."""
    folder = leakguard.folder / "leakguard.db.evidence"
    (leakguard.folder / "access.log").write_text("GET /", encoding="ascii")
    leakguard("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--keep")
    with monkeypatch.context() as killed:
        killed.setattr(KeptFiles, "remove", interrupted)
        leakguard("evidence", "redact", "EV-6", *WHY)
    assert len(list(folder.iterdir())) == 2

    leakguard("evidence", *again)

    assert list(folder.iterdir()) == []


def test_a_copy_whose_erasure_never_began_stays(leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    (leakguard.folder / "access.log").write_text("GET /", encoding="ascii")
    leakguard("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--keep")
    with monkeypatch.context() as killed:
        killed.setattr(SqlStore, "erase", interrupted)
        leakguard("evidence", "redact", "EV-6", *WHY)

    assert leakguard("evidence", "verify").code == 0
    leakguard("evidence", "scrub")

    assert [len(one.name) for one in (leakguard.folder / "leakguard.db.evidence").iterdir()] == [64]
    assert leakguard("evidence", "verify").code == 0


def test_the_mark_of_another_ledger_that_keeps_its_copies_here_is_left_alone(leakguard: CommandLine) -> None:
    folder = leakguard.folder / "leakguard.db.evidence"
    folder.mkdir()
    for name in ("a" * 64, f"erasing-{'a' * 64}"):
        (folder / name).write_text("b" * 64, encoding="ascii")

    leakguard("evidence", "scrub")

    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("held", "asked"),
    [(ID, "E-4"), (ID, "F-1"), (ID, "1 F-1 F-2"), ("R-1", "F-2"), ("R-1", "1 F-1 F-2"), ("EV-6", "EV-6")],
)
def test_a_legal_hold_refuses_until_it_is_released(leakguard: CommandLine, held: str, asked: str) -> None:
    (leakguard.folder / "a.log").write_text("x", encoding="ascii")
    leakguard("evidence", "add", "a.log", "--incident", ID, "--by", "scribe")
    leakguard("evidence", "hold", held, "--by", "counsel", "--reason", "police")

    refused = leakguard("evidence", "redact", *asked.split(), *WHY)
    leakguard("evidence", "release", held, "--by", "counsel", "--reason", "settled")
    done = leakguard("evidence", "redact", *asked.split(), *WHY)

    assert (refused.code, refused.out, done.code) == (2, "", 0)
    assert "under legal hold" in refused.err


def test_a_hold_on_something_else_is_none_of_ours(leakguard: CommandLine) -> None:
    leakguard("incident", "open", "--title", "another")
    leakguard("evidence", "hold", "IR-2026-0002", "--by", "counsel", "--reason", "police")

    assert leakguard("evidence", "redact", "1", "F-1", "F-2", *WHY).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("99", *WHY), "there is no entry 99"),
        (("F-9", *WHY), "no finding `F-9`"),
        (("nonsense", *WHY), "no finding `nonsense`"),
        (("2", "--by", " ", "--reason", "x"), "--by needs a person's name"),
        (("2", "--by", "x", "--reason", " "), "has to say something that a person can read"),
    ],
)
def test_what_makes_no_sense_is_refused_with_exit_code_2(
    leakguard: CommandLine, words: tuple[str, ...], said: str
) -> None:
    ran = leakguard("evidence", "redact", *words)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_what_was_erased_and_what_says_so_cannot_be_erased(leakguard: CommandLine) -> None:
    leakguard("evidence", "redact", "2", *WHY)

    assert "the content of entry 2 is erased already" in leakguard("evidence", "redact", "2", *WHY).err
    assert "whose content the ledger itself needs" in leakguard("evidence", "redact", "6", *WHY).err


def test_an_erasure_after_which_the_files_cannot_be_written_anew_is_still_done(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: SqlStore) -> bool:
        raise StoreUnusable("the tables belong to somebody else")

    monkeypatch.setattr(SqlStore, "scrub", refuse)
    ran = leakguard("evidence", "redact", "E-4", *WHY)

    assert (ran.code, ran.out) == (3, "Erased: 4. Entry 6 says so.\n")
    assert "could not be written again" in ran.err


def test_a_reader_in_the_way_is_told_and_scrubbing_again_ends_it(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqlStore.scrub, "__kwdefaults__", {"patience": 0})
    with closing(sqlite3.connect(leakguard.folder / "leakguard.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM ledger").fetchone()
        ran = leakguard("evidence", "redact", "1", "2", "3", "4", "5", "F-1", "F-2", *WHY)

    assert ran.code == 3
    assert "leakguard evidence scrub" in ran.err
    assert leakguard("evidence", "scrub").code == 0
    assert leftovers(leakguard.folder) == []
