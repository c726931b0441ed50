"""Stores as the release before this one wrote them: `written/` holds one, dumped as SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from leakguard.ledger.verification_result import Answer
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.store.tables import FINDINGS, GLANCES, LEDGER, ONCE, SEEN
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.proofs.evidence_export import BundleOptions, Programs, export_bundle
from leakguard.use_cases.proofs.evidence_heads import keep_head
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact
from support.bundles import KEY, verifier
from support.ledgers import START, FakeClock, Tokens, make_record
from support.postgres_server import PostgresServer
from support.read_only_places import in_a_folder, leakguard, on_a_mount

DUMP = Path(__file__).with_name("written") / "schema_0003.sql"
HEAD = (
    '{"schema": "leakguard.head/1", "sequence": 8, "recorded_at": "2026-05-24T01:00:00Z", '
    '"hash": "092a61a12c0ca97cfc1ede3f223bb7fa9f045293b69ccb164f914ce6161665da"}\n'
)


@pytest.fixture
def old(path: Path) -> Iterator[SqlStore]:
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(DUMP.read_text(encoding="utf-8"))
    path.with_name("leakguard.db.head").write_text(HEAD, encoding="ascii")
    opened = SqlStore.open(str(path), now=FakeClock(), token=Tokens())
    yield opened
    opened.close()


def test_an_old_ledger_verifies_and_reads_on(old: SqlStore) -> None:
    found = verify_store(old)

    assert (found.answer, found.discrepancies, found.entry_count) == (Answer.MATCH, (), 9)
    assert [event.kind for event in load_incident(old, "IR-2026-0001").events] == [
        "incident_opened", "exposure_first_seen", "awareness", "awareness",
    ]  # fmt: skip


def test_an_old_ledger_goes_on_is_erased_from_and_exported(old: SqlStore, path: Path) -> None:
    old.append("IR-2026-0001", [make_record()])
    keep_head(old, KEY, (), now=FakeClock())
    asked = Redaction(names=("E-5", "F-0"), by="dpo", reason="asked for")
    redact(old, KeptFiles.beside(str(path)), asked, now=FakeClock())
    programs = Programs(verifier="pass\n", made_by="tests")
    chunks = export_bundle(old, KeptFiles.beside(str(path)), BundleOptions(), programs, key=KEY, now=lambda: START)
    bundle = path.with_name("bundle.zip")
    bundle.write_bytes(b"".join(chunks))

    assert verify_store(old).answer is Answer.MATCH
    assert verifier().verify(str(bundle), key=KEY.public.text, heads=["8:092a61a12c0ca97c"]).answer == "match"
    assert b"a mail of a researcher" not in path.read_bytes()


def test_an_old_ledger_verifies_on_a_server_too(old: SqlStore, server: PostgresServer) -> None:
    place = server.new_database()
    with closing(SqlStore.open(place, now=FakeClock(), token=Tokens())) as opened:
        with old._database.reading() as source, opened._database.writing() as target:  # noqa: SLF001  (moves rows as they are)
            tables = {"ledger": LEDGER, "findings": FINDINGS, "glances": GLANCES, "seen": SEEN, "once": ONCE}
            for table, columns in tables.items():
                target.insert(table, columns, source.rows(f"SELECT {', '.join(columns)} FROM {table}"))  # noqa: S608  (our own names)
        found = verify_store(opened)

        assert found.entry_count == 9
        assert [doubt.answer for doubt in found.discrepancies] == [Answer.NOT_VERIFIABLE]


@pytest.mark.parametrize("apart", [on_a_mount, in_a_folder])
def test_an_old_store_that_can_only_be_read_says_why_it_has_to_be_written(
    apart: Callable[[Path, Sequence[str]], CompletedProcess[str]], tmp_path: Path
) -> None:
    """As evidence on a disk that nobody may write to; `may not be written` alone puzzles whoever only reads."""
    with closing(sqlite3.connect(tmp_path / "leakguard.db")) as raw:
        raw.executescript(DUMP.read_text(encoding="utf-8"))
        raw.execute("PRAGMA journal_mode=DELETE")

    ran = apart(tmp_path, leakguard("evidence", "verify"))

    assert ran.returncode == 3
    assert "is of an earlier release and has to be lifted to this one, which fails" in ran.stderr
    assert "A copy with its .head file is as good." in ran.stderr
