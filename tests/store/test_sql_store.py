"""What the store keeps and tells."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.frozen import replace
from leakguard.ledger.heads import head_of
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.findings import Size
from leakguard.store.rows import PAGE
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens, make_record


def test_appended_records_are_read_again_in_their_order(store: SqlStore) -> None:
    kept = store.append("IR-2026-0001", [make_record("awareness", {"n": 2**70}), make_record("note")])
    store.append("R-1", [make_record("run_started")])

    assert list(store.read("IR-2026-0001")) == list(kept)
    assert [record.sequence for record in store.read()] == [1, 2, 3]
    assert kept[0].content == {"n": 2**70}


def test_the_ledger_can_be_followed_from_any_entry_on(store: SqlStore) -> None:
    kept = store.append("IR-2026-0001", [make_record(), make_record()])
    later = store.append("R-1", [make_record("run_started")])

    assert list(store.read_after(0)) == [*kept, *later]
    assert list(store.read_after(kept[0].sequence)) == [kept[1], *later]
    assert list(store.read_after(later[0].sequence)) == []


def test_nothing_to_append_keeps_nothing(store: SqlStore) -> None:
    assert store.append("IR-2026-0001", []) == ()
    assert list(store.read()) == []


def test_the_store_is_there_after_it_was_closed(path: Path, store: SqlStore) -> None:
    kept = store.append("IR-2026-0001", [make_record()])
    store.close()

    again = SqlStore.open(str(path), now=FakeClock(), token=Tokens())

    assert list(again.read()) == list(kept)
    again.close()


def test_a_url_opens_the_same_store(path: Path, store: SqlStore) -> None:
    kept = store.append("IR-2026-0001", [make_record()])

    again = SqlStore.open(f"sqlite:///{path}", now=FakeClock(), token=Tokens())

    assert list(again.read()) == list(kept)
    assert again.witnessed_head() == store.witnessed_head()
    again.close()


def test_only_its_owner_may_read_the_file(path: Path, store: SqlStore) -> None:
    store.append("IR-2026-0001", [make_record()])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_late_writer_is_told_that_the_subject_has_changed(store: SqlStore) -> None:
    store.append("IR-2026-0001", [make_record()], after=0)
    store.append("IR-2026-0002", [make_record()])

    store.append("IR-2026-0001", [make_record()], after=1)
    with pytest.raises(NotAllowed, match="entry 3 is newer than 1"):
        store.append("IR-2026-0001", [make_record()], after=1)

    assert len(list(store.read())) == 3


def test_a_clock_that_was_set_back_does_not_set_the_ledger_back(store: SqlStore, clock: FakeClock) -> None:
    first = store.append("S", [make_record()])[0]
    clock.move(hours=-2)

    second = store.append("S", [make_record()])[0]

    assert second.recorded_at > first.recorded_at
    assert [entry.flags for entry in store.entries()] == [
        "covers_rows", "clock_stepped_back clock=2026-05-23T23:00:00Z",
    ]  # fmt: skip
    assert [doubt.kind for doubt in verify_store(store).discrepancies] == [DiscrepancyKind.WRONG_SYSTEM_TIME]


def test_findings_are_kept_with_their_hash_in_the_ledger(store: SqlStore) -> None:
    large = make_finding("F-2", verdict=replace(make_finding().verdict, size=Size(bytes=2**80)))
    store.save_findings("R-1", [make_finding(), large], {"127.0.0.1:9200": "exposed"})

    assert list(store.findings("R-1")) == [make_finding(), large]
    assert list(store.findings("R-2")) == []
    assert list(store.findings(ids=["F-2", "F-9"])) == [large]
    assert list(store.findings(ids=[])) == []
    assert dict(store.done_targets("R-1")) == {"127.0.0.1:9200": "exposed"}
    assert verify_store(store).discrepancies == ()


def test_findings_come_in_the_order_in_which_they_were_made(store: SqlStore) -> None:
    store.save_findings("R-1", [make_finding("F-9"), make_finding("F-3")], {})
    store.save_findings("R-1", [make_finding("F-1")], {})

    assert [finding.id for finding in store.findings()] == ["F-9", "F-3", "F-1"]


def test_a_finding_that_is_kept_already_changes_nothing(store: SqlStore) -> None:
    """A resumed run may repeat the probes that were in flight."""
    store.save_findings("R-1", [make_finding("F-1"), make_finding("F-1", port=1)], {"a": "exposed"})
    store.save_findings("R-1", [make_finding("F-1", port=2), make_finding("F-2")], {"a": "protected"})

    assert [(finding.id, finding.port) for finding in store.findings()] == [("F-1", 9200), ("F-2", 9200)]
    assert dict(store.done_targets("R-1")) == {"a": "protected"}
    assert verify_store(store).discrepancies == ()


def test_nothing_found_and_nothing_done_writes_nothing(store: SqlStore) -> None:
    store.save_findings("R-1", [], {})

    assert list(store.read()) == []


def test_targets_without_findings_are_done_too(store: SqlStore, clock: FakeClock) -> None:
    store.save_findings("R-1", [], {"127.0.0.1:1": "closed"})

    record = next(store.read("R-1"))
    assert record.occurred_at.earliest == clock.at
    assert list(store.done_targets("R-1")) == [("127.0.0.1:1", "closed")]


def test_a_failure_while_saving_keeps_neither_finding_nor_entry(store: SqlStore) -> None:
    def broken_now() -> Iterator[None]:
        raise KeyboardInterrupt

    interrupted = SqlStore(store._database, now=broken_now, token=Tokens())  # type: ignore[arg-type]  # noqa: SLF001  (an interruption in the middle of the transaction)

    with pytest.raises(KeyboardInterrupt):
        interrupted.save_findings("R-1", [make_finding()], {"a": "exposed"})

    assert list(store.read()) == []
    assert list(store.findings()) == []


def test_subjects_are_listed_in_the_order_in_which_they_began(store: SqlStore) -> None:
    for subject in ("R-1", "IR-2026-0002", "IR-2026-0001", "IR-2026-0002", "IR-2025-0001", "IR_2026-x"):
        store.append(subject, [make_record()])

    assert store.subjects("IR-2026-") == ("IR-2026-0002", "IR-2026-0001")
    assert store.subjects("IR_") == ("IR_2026-x",)
    assert len(store.subjects()) == 5


def test_many_entries_are_read_page_by_page(store: SqlStore) -> None:
    """A reader that writes between two pages must see everything once and never wait for itself."""
    store.append("S", [make_record(content={"n": number}) for number in range(PAGE * 2 + 1)])
    seen = 0
    for record in store.read():
        seen += 1
        if record.sequence == PAGE:
            store.append("S", [make_record()])

    assert seen == PAGE * 2 + 2


def test_an_unreadable_finding_says_so(path: Path, store: SqlStore) -> None:
    store.save_findings("R-1", [make_finding()], {})
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE findings SET text = 'canary'")
    raw.close()

    with pytest.raises(LedgerBroken, match="finding F-1 is unreadable") as broken:
        list(store.findings())

    assert "canary" not in str(broken.value)


def test_a_snapshot_does_not_see_what_is_written_meanwhile(store: SqlStore) -> None:
    store.append("S", [make_record()])
    with store.snapshot() as frozen:
        entries = frozen.entries()
        first = next(entries)
        store.append("S", [make_record()])
        store.save_findings("R-1", [make_finding()], {})

        assert [*entries, *frozen.finding_items()] == []
        assert first.sequence == 1


def test_the_head_is_kept_in_a_second_place(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record(), make_record()])

    last = list(store.entries())[-1]
    assert store.witnessed_head() == head_of(last)
    assert path.with_name("leakguard.db.head").exists()


def test_a_store_in_memory_has_no_second_place() -> None:
    store = SqlStore.open("sqlite://", now=FakeClock(), token=Tokens())

    store.append("S", [make_record()])

    assert store.witnessed_head() is None
    assert store.set_aside_heads() == {}
    assert store.name == "sqlite://"
    store.close()
