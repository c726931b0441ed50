"""Somebody with the file and a database shell: what they change is found, and nothing is written on top of it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import LeakGuardError, LedgerBroken
from leakguard.frozen import replace
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verification_to_json, verify_store
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens, make_record
from support.telling import ALARM, tell_once

pytestmark = pytest.mark.untraced


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    return fill(store)


def fill(store: SqlStore) -> SqlStore:
    """Six entries and two findings."""
    store.append("IR-2026-0001", [make_record("awareness", {"n": number}) for number in range(5)])
    store.save_findings("R-1", [make_finding("F-1"), make_finding("F-2")], {"a": "exposed"})
    return store


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def found(store: SqlStore) -> set[DiscrepancyKind]:
    return {doubt.kind for doubt in verify_store(store).discrepancies}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE ledger SET kind = 'filed' WHERE sequence = 3", DiscrepancyKind.CHANGED_MANIFEST),
        ("UPDATE ledger SET subject = 'IR-2026-0002' WHERE sequence = 3", DiscrepancyKind.CHANGED_MANIFEST),
        (
            "UPDATE ledger SET occurred_earliest = '2020-01-01T00:00:00Z' WHERE sequence = 3",
            DiscrepancyKind.CHANGED_MANIFEST,
        ),
        ("UPDATE ledger SET occurred_earliest = '2026-05-24T01:00:00+00:00'", DiscrepancyKind.CHANGED_MANIFEST),
        ("UPDATE ledger SET kind = x'ff' WHERE sequence = 3", DiscrepancyKind.CHANGED_MANIFEST),
        ("UPDATE ledger SET kind = CAST(x'ff' AS TEXT) WHERE sequence = 3", DiscrepancyKind.CHANGED_MANIFEST),
        ("UPDATE ledger SET content = '{}' WHERE sequence = 3", DiscrepancyKind.CHANGED_CONTENT),
        ("UPDATE ledger SET content = CAST(x'ff' AS TEXT) WHERE sequence = 3", DiscrepancyKind.CHANGED_CONTENT),
        ("UPDATE ledger SET content = x'ff' WHERE sequence = 3", DiscrepancyKind.CHANGED_CONTENT),
        ("UPDATE ledger SET content = x'ff' WHERE sequence = 6", DiscrepancyKind.CHANGED_CONTENT),
        ("UPDATE ledger SET subject = x'ff' WHERE sequence = 6", DiscrepancyKind.CHANGED_MANIFEST),
        (
            """UPDATE ledger SET kind = 'rows_covered', content = '{"rows":7}' WHERE sequence = 3""",
            DiscrepancyKind.CHANGED_CONTENT,
        ),
        ("UPDATE ledger SET content = NULL, salt = NULL WHERE sequence = 3", DiscrepancyKind.MISSING_CONTENT),
        ("DELETE FROM ledger WHERE sequence = 3", DiscrepancyKind.GAP),
        ("DELETE FROM ledger WHERE sequence > 4", DiscrepancyKind.TAIL_CUT),
        ("DELETE FROM ledger", DiscrepancyKind.TAIL_CUT),
        ("UPDATE ledger SET sequence = sequence + 1000 WHERE sequence = 6", DiscrepancyKind.GAP),
        (
            "UPDATE findings SET text = replace(text, 'exposed', 'not_exposed') WHERE id = 'F-2'",
            DiscrepancyKind.CHANGED_FINDING,
        ),
        ("UPDATE findings SET run = 'R-9' WHERE id = 'F-2'", DiscrepancyKind.CHANGED_FINDING),
        ("DELETE FROM findings WHERE id = 'F-1'", DiscrepancyKind.MISSING_FINDING),
        ("INSERT INTO findings VALUES ('F-7', 'R-1', 6, 2, '{}')", DiscrepancyKind.UNKNOWN_FINDING),
    ],
)
def test_every_change_has_its_name(path: Path, filled: SqlStore, statement: str, kind: DiscrepancyKind) -> None:
    sql(path, statement)

    assert kind in found(filled)
    assert verify_store(filled).answer is Answer.MISMATCH


@pytest.mark.parametrize("number", [0, -5])
def test_a_row_that_no_command_reads_is_found_all_the_same(path: Path, filled: SqlStore, number: int) -> None:
    """It tells nothing, but whoever could add it could do more."""
    columns = "subject, kind, occurred_earliest, occurred_latest, recorded_at, flags, content_sha256, previous, hash"
    sql(path, f"INSERT INTO ledger (sequence, {columns}) SELECT {number}, {columns} FROM ledger WHERE sequence = 2")  # noqa: S608  (our own names)

    assert found(filled) == {DiscrepancyKind.OUT_OF_PLACE}
    assert f"entry {number} was added" in verify_store(filled).discrepancies[0].text


def test_exchanged_entries_are_named_as_a_swap(path: Path, filled: SqlStore) -> None:
    sql(
        path,
        "UPDATE ledger SET sequence = 900 WHERE sequence = 2",
        "UPDATE ledger SET sequence = 2 WHERE sequence = 3",
        "UPDATE ledger SET sequence = 3 WHERE sequence = 900",
    )

    assert DiscrepancyKind.OUT_OF_PLACE in found(filled)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DELETE FROM ledger WHERE sequence > 4", "its end was cut off: entry 6 existed"),
        ("DELETE FROM ledger", "its end was cut off: entry 6 existed"),
        ("UPDATE ledger SET kind = 'filed' WHERE sequence = 6", "its last entry was changed"),
        ("UPDATE ledger SET kind = x'ff' WHERE sequence = 6", "its last entry was changed"),
    ],
)
def test_nothing_is_written_on_top_of_a_broken_end(path: Path, filled: SqlStore, statement: str, reason: str) -> None:
    """Otherwise the next entry would overwrite the head that proves the cut."""
    sql(path, statement)

    with pytest.raises(LedgerBroken, match=reason) as refused:
        filled.append("IR-2026-0001", [make_record()])

    assert "evidence verify" in refused.value.next_step
    assert verify_store(filled).answer is Answer.MISMATCH


def test_a_ledger_that_was_rewritten_contradicts_the_head(path: Path, filled: SqlStore, clock: FakeClock) -> None:
    filled.close()
    head = path.with_name("leakguard.db.head").read_text(encoding="utf-8")
    for leftover in path.parent.iterdir():
        leftover.unlink()
    with closing(SqlStore.open(str(path), now=clock, token=Tokens())) as rewritten:
        rewritten.append("IR-2026-0001", [make_record("note") for _ in range(7)])
        path.with_name("leakguard.db.head").write_text(head, encoding="utf-8")

        assert DiscrepancyKind.HEAD_MISMATCH in found(rewritten)
        with pytest.raises(LedgerBroken, match="entry 6 does not match a head that was kept for it"):
            rewritten.append("IR-2026-0001", [make_record()])


def test_a_head_that_is_gone_is_not_verifiable_and_no_tampering(path: Path, filled: SqlStore) -> None:
    path.with_name("leakguard.db.head").unlink()

    assert verify_store(filled).answer is Answer.NOT_VERIFIABLE
    assert found(filled) == {DiscrepancyKind.NO_HEAD}


def test_a_head_that_is_unreadable_is_as_good_as_none(path: Path, filled: SqlStore) -> None:
    path.with_name("leakguard.db.head").write_bytes(b"\xff\x00{")

    assert found(filled) == {DiscrepancyKind.NO_HEAD}
    filled.append("IR-2026-0001", [make_record()])
    assert found(filled) == set()


def test_a_head_that_lags_behind_is_fine(path: Path, filled: SqlStore) -> None:
    head = path.with_name("leakguard.db.head")
    before = head.read_text(encoding="utf-8")
    filled.append("IR-2026-0001", [make_record()])
    head.write_text(before, encoding="utf-8")

    assert verify_store(filled).answer is Answer.MATCH


def test_an_older_writer_never_turns_the_head_back(path: Path, filled: SqlStore) -> None:
    """Of two processes, the one that committed first may write its head last."""
    late = filled.witnessed_head()
    filled.append("IR-2026-0001", [make_record()])
    newest = filled.witnessed_head()
    assert late is not None

    filled._database.witness(late)  # noqa: SLF001  (the other process)

    assert filled.witnessed_head() == newest
    assert path.exists()


def test_a_store_that_was_replaced_by_a_new_one_leaves_a_trace(path: Path, filled: SqlStore, clock: FakeClock) -> None:
    for _ in range(2):
        filled.close()
        path.unlink()
        filled = SqlStore.open(str(path), now=clock, token=Tokens())
        filled.append("S", [make_record()])

    verified = verify_store(filled)

    assert verified.answer is Answer.NOT_VERIFIABLE
    assert [doubt.text for doubt in verified.discrepancies] == [
        "another ledger was in this place before: its head is kept as leakguard.db.head.old-1",
        "another ledger was in this place before: its head is kept as leakguard.db.head.old-2",
    ]
    filled.close()


def test_a_verification_as_json_names_every_doubt(path: Path, filled: SqlStore) -> None:
    sql(path, "UPDATE ledger SET content = '{}' WHERE sequence = 3")

    told = verification_to_json(verify_store(filled))

    assert told["answer"] == "mismatch"
    assert (told["entries"], told["matching"], told["head"]["sequence"]) == (6, 5, 6)
    assert told["doubts"] == [
        {
            "kind": "changed_content",
            "answer": "mismatch",
            "sequence": 3,
            "text": "the content of entry 3 was changed",
        }
    ]


def test_no_flipped_byte_of_the_file_goes_unseen_where_it_matters(
    path: Path, filled: SqlStore, clock: FakeClock
) -> None:
    """Some bytes of the pages that hold entries; `test_flipped_bytes.py` takes very many."""
    assert unseen_flips(path, filled, clock, step=1201) == []


def unseen_flips(path: Path, filled: SqlStore, clock: FakeClock, *, step: int) -> list[int]:
    """Flip every `step`th byte: either it changes nothing that is kept, or it is named. The bytes that are neither."""
    before = [*filled.entries()], [*filled.findings()]
    filled.close()
    sound = path.read_bytes()
    unseen = []
    for at in range(100, len(sound), step):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x15]) + sound[at + 1 :])
        try:
            with closing(SqlStore.open(str(path), now=clock, token=Tokens())) as store:
                if verify_store(store).answer is Answer.MATCH and ([*store.entries()], [*store.findings()]) != before:
                    unseen.append(at)
        except LeakGuardError:
            continue
    return unseen


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE glances SET outcome = 'not_exposed' WHERE id = 'F-2'",
        "UPDATE glances SET records = '1' WHERE id = 'F-1'",
        "DELETE FROM glances WHERE id = 'F-1'",
    ],
)
def test_an_overview_that_tells_something_else_than_the_findings_is_found(
    path: Path, filled: SqlStore, change: str
) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(change)

    doubts = verify_store(filled).discrepancies

    assert [doubt.kind for doubt in doubts] == [DiscrepancyKind.DAMAGED_FILE]
    assert "an overview of R-1 would not tell what its findings say" in doubts[0].text
    filled.rebuild_views()
    assert verify_store(filled).discrepancies == ()


def test_a_finding_that_an_overview_tells_of_another_run_is_missed_in_one_and_too_many_in_the_other(
    path: Path, filled: SqlStore
) -> None:
    sql(path, "UPDATE glances SET run = 'R-9' WHERE id = 'F-1'")

    assert [doubt.text for doubt in verify_store(filled).discrepancies] == [
        "the file is damaged: an overview of R-1 would not tell what its findings say",
        "the file is damaged: an overview of R-9 would not tell what its findings say",
    ]


@pytest.mark.parametrize("run", ["R-1", "R-9"])
def test_an_overview_that_tells_of_more_than_the_findings_is_found(path: Path, filled: SqlStore, run: str) -> None:
    """A finding that nobody made, as closed as its author likes, in a run that is there or in one that never was."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.row_factory = sqlite3.Row
        row = dict(raw.execute("SELECT * FROM glances WHERE id = 'F-1'").fetchone())
        row |= {"id": "F-7", "run": run, "position": 77, "outcome": "not_exposed"}
        raw.execute(f"INSERT INTO glances VALUES ({', '.join('?' * len(row))})", tuple(row.values()))  # noqa: S608  (only marks)

    assert [doubt.text for doubt in verify_store(filled).discrepancies] == [
        f"the file is damaged: an overview of {run} would not tell what its findings say"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seen SET first_open_at = first_open_at + 86400000000",
        "UPDATE seen SET most_records = 1",
        "DELETE FROM seen",
        "INSERT INTO seen VALUES ('redis_open', '127.0.0.1:1', '127.0.0.1:1', 0, NULL)",
    ],
)
def test_a_memory_of_earlier_runs_that_is_not_theirs_is_found(path: Path, filled: SqlStore, change: str) -> None:
    """It says since when a store was open, and how much it held before it was emptied."""
    sql(path, change)

    assert [doubt.text for doubt in verify_store(filled).discrepancies] == [
        "the file is damaged: what scans remember of earlier runs is not what their findings say"
    ]
    filled.rebuild_views()
    assert verify_store(filled).discrepancies == ()


def test_what_was_told_once_verifies(filled: SqlStore) -> None:
    tell_once(filled)

    assert verify_store(filled).discrepancies == ()


@pytest.mark.parametrize("sequence", [1, 7, 12, 99, -1])
def test_a_key_that_would_keep_an_alarm_silent_is_found(path: Path, filled: SqlStore, sequence: int) -> None:
    """Whoever marks a threshold as told in the database keeps the watchman from ever telling it."""
    tell_once(filled)
    planted = replace(ALARM, threshold="PT0S").key
    sql(path, f"INSERT INTO once VALUES ('{planted}', {sequence})")  # noqa: S608  (of this test)

    (doubt,) = verify_store(filled).discrepancies

    assert (doubt.kind, doubt.answer) == (DiscrepancyKind.UNKNOWN_IDEMPOTENCY_KEY, Answer.MISMATCH)
    assert doubt.text == f"`{planted}` is marked as done, so it is never told again, and no entry tells of it"


def test_keys_of_an_entry_whose_content_was_erased_are_no_doubt(path: Path, filled: SqlStore) -> None:
    """Nobody can say any more what they were, and what was erased is told already."""
    tell_once(filled)
    sql(path, "UPDATE ledger SET content = NULL, salt = NULL WHERE kind = 'alarm_raised'")

    assert found(filled) == {DiscrepancyKind.MISSING_CONTENT}


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (["CREATE TRIGGER quiet BEFORE INSERT ON deliveries BEGIN SELECT RAISE(IGNORE); END"], "trigger `quiet`"),
        (["ALTER TABLE leases RENAME TO l", "CREATE VIEW leases AS SELECT * FROM l"], "view `leases`"),
    ],
)
def test_what_acts_or_poses_as_a_table_in_the_file_is_found(
    path: Path, filled: SqlStore, statements: list[str], what: str
) -> None:
    """A trigger does what its author likes with everything that is written from then on, such as to keep it out."""
    sql(path, *statements)

    assert [doubt.text for doubt in verify_store(filled).discrepancies] == [
        f"the file is damaged: it holds the {what}, which LeakGuard did not make"
    ]


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (["CREATE UNIQUE INDEX u ON ledger (kind, hash)"], "it holds the index `u`, which LeakGuard did not make"),
        (["CREATE TABLE t (a)"], "it holds the table `t`, which LeakGuard did not make"),
        (["DROP INDEX ledger_by_kind"], "the index `ledger_by_kind` is missing"),
        (
            ["DROP INDEX ledger_by_kind", "CREATE UNIQUE INDEX ledger_by_kind ON ledger (subject, kind, sequence)"],
            "the index `ledger_by_kind` is not as LeakGuard makes it",
        ),
        (
            ["DROP TABLE leases", ("CREATE TABLE leases (name TEXT NOT NULL check (name <> 'alarms'), "
             "holder TEXT NOT NULL, until TEXT NOT NULL, beat_at TEXT, PRIMARY KEY (name))")],
            "the table `leases` is not as LeakGuard makes it",
        ),
    ],
)  # fmt: skip
def test_a_schema_that_somebody_changed_is_found(
    path: Path, filled: SqlStore, statements: list[str], what: str
) -> None:
    """A unique index on the kinds of entries would refuse the second entry of each."""
    sql(path, *statements)

    assert [doubt.text for doubt in verify_store(filled).discrepancies] == [f"the file is damaged: {what}"]


@pytest.mark.parametrize("column", ["outcome", "severity"])
def test_a_word_that_is_none_of_ours_is_no_bug(path: Path, filled: SqlStore, column: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"UPDATE glances SET {column} = 'canary'")  # noqa: S608  (the columns above)

    with pytest.raises(LedgerBroken, match="what an overview reads was changed") as broken:
        list(filled.glances("R-1")) + list(filled.outcomes("R-1"))

    assert "canary" not in str(broken.value)


@pytest.mark.parametrize("value", ["'canary'", "X'63616e617279'"])
@pytest.mark.parametrize("column", ["records", "bytes"])
def test_a_changed_number_of_an_overview_is_said(path: Path, filled: SqlStore, column: str, value: str) -> None:
    sql(path, f"UPDATE glances SET {column} = {value} WHERE id = 'F-1'")  # noqa: S608  (the values above)

    with pytest.raises(LedgerBroken, match="what an overview reads was changed: it holds a number") as broken:
        list(filled.glances("R-1"))

    assert "canary" not in str(broken.value)
    assert verify_store(filled).discrepancies


@pytest.mark.parametrize(
    "change",
    [
        "first_open_at = 'canary'",
        "first_open_at = 9223372036854775807",
        "first_open_at = 9e999",
        "most_records = 'canary'",
    ],
)
def test_a_changed_number_of_what_scans_remember_is_said(path: Path, filled: SqlStore, change: str) -> None:
    sql(path, f"UPDATE seen SET {change}")  # noqa: S608  (the changes above)

    with pytest.raises(LedgerBroken, match="what an overview reads was changed: it holds a number") as broken:
        list(filled.seen())

    assert "canary" not in str(broken.value)
    assert verify_store(filled).discrepancies


@pytest.mark.parametrize("change", ["text = 'another'", "sequence = 1"])
def test_a_bookmark_that_was_changed_is_named(path: Path, filled: SqlStore, change: str) -> None:
    """A watch would begin with places that were never seen, or without those that were."""
    text = "what a watch knows"
    told = {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    filled.keep_bookmark(text, "WATCH", make_record("exposures_bookmarked", told), since=0)
    assert found(filled) == set()

    sql(path, f"UPDATE bookmarks SET {change}")  # noqa: S608  (of this test)

    assert found(filled) == {DiscrepancyKind.CHANGED_BOOKMARK}
