"""Verification of a store that fails in the middle; tampering with real files is tested in `tests/store`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from leakguard.errors import LedgerBroken, UsageProblem
from leakguard.ledger.custody import ADDED
from leakguard.ledger.entries import Entry
from leakguard.ledger.heads import Head, HeadFileContent, head_of
from leakguard.ledger.listed_rows import StoredRow
from leakguard.ledger.signed_heads import ExternalHeads
from leakguard.ledger.stored_findings import StoredFinding
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.models.bookmarks import Bookmark
from leakguard.models.deliveries import Delivery
from leakguard.use_cases.proofs.evidence import entry_to_json, verification_to_json, verify_store
from support.ledgers import changed, make_chain

ENTRIES = make_chain({"secret": "canary-7f3a"}, {}, {})


class Failing:
    """A store whose file ends in the middle of its entries."""

    @contextmanager
    def snapshot(self) -> Iterator[Failing]:
        yield self

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        yield from (entry for entry in ENTRIES[:2] if subject in {None, entry.subject})
        raise LedgerBroken("the file is damaged")

    def once_keys(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def sealed_deliveries(self) -> Iterator[Delivery]:
        return iter(())

    def bookmarks(self) -> Iterator[tuple[str, Bookmark]]:
        return iter(())

    def listed_rows(self) -> Iterator[StoredRow]:
        return iter(())

    def finding_items(self) -> Iterator[StoredFinding]:
        yield from ()

    def witnessed_head(self) -> Head | None:
        return head_of(ENTRIES[1])

    def of_kinds(self, kinds: Collection[str]) -> Iterator[Entry]:
        yield from (entry for entry in ENTRIES if entry.kind in kinds)

    def witnessed_heads(self) -> tuple[Head, ...]:
        return ()

    def kept_heads(self) -> tuple[ExternalHeads, ...]:
        return ()

    @property
    def keeps_heads(self) -> bool:
        return True

    def unreadable_heads(self) -> tuple[Path, ...]:
        return ()

    def set_aside_heads(self) -> dict[str, HeadFileContent | None]:
        return {}

    def damage(self) -> tuple[str, ...]:
        return ("row 3 missing from index",)


def test_what_can_be_read_is_verified_and_the_rest_is_damage() -> None:
    found = verify_store(Failing())

    assert (found.entry_count, found.answer) == (2, Answer.MISMATCH)
    assert [doubt.text for doubt in found.discrepancies] == [
        "the file cannot be read to its end", "the file is damaged: row 3 missing from index"
    ]  # fmt: skip
    assert {doubt.kind for doubt in found.discrepancies} == {DiscrepancyKind.DAMAGED_FILE}


def test_a_file_that_its_own_check_cannot_read_and_an_older_head_are_named() -> None:
    class Worse(Failing):
        def set_aside_heads(self) -> dict[str, HeadFileContent | None]:
            return {"leakguard.db.head.old-1": None}

        def damage(self) -> tuple[str, ...]:
            raise LedgerBroken("the file is damaged")

    assert [doubt.text for doubt in verify_store(Worse()).discrepancies][1:] == [
        "the file is damaged: not even the database's own check can read it",
        "another ledger was in this place before: its head is kept as leakguard.db.head.old-1",
    ]


def test_an_entry_as_json_tells_its_manifest_and_never_its_content() -> None:
    told = entry_to_json(ENTRIES[0])

    assert told["hash"] == ENTRIES[0].hash
    assert told["is_content_kept"] is True
    assert told["flags"] == []
    assert "canary" not in repr(told)


def test_a_verification_of_nothing_has_no_head() -> None:
    class Empty(Failing):
        def entries(self, subject: str | None = None) -> Iterator[Entry]:
            assert subject is None
            yield from ()

        def witnessed_head(self) -> Head | None:
            return None

        def damage(self) -> tuple[str, ...]:
            return ()

    assert verification_to_json(verify_store(Empty())) == {
        "answer": "match", "entries": 0, "matching": 0, "head": None, "doubts": [], "signed_by": None,
        "unsigned": True, "recorded_by": {"accounts": 0},
    }  # fmt: skip


class Copies:
    """Copies that nobody may read."""

    def names(self) -> tuple[str, ...]:
        return ()

    def has(self, sha256: str) -> bool:
        raise UsageProblem(f"{sha256} cannot be read")

    def is_whole(self, sha256: str) -> bool:
        raise AssertionError(sha256)


def test_what_no_longer_reads_as_an_item_or_as_a_head_is_left_to_its_entry() -> None:
    """The entry itself is named as changed; nothing else is built on it."""
    good, bad, erased = make_chain(
        {"is_kept": True, "sha256": "ab" * 32}, {"is_kept": True, "sha256": "cd" * 32}, {"is_kept": True}, kind=ADDED
    )

    class Holding(Failing):
        def entries(self, subject: str | None = None) -> Iterator[Entry]:
            assert subject is None
            yield from (good, changed(bad, content="{"), changed(erased, salt=None))

        def of_kinds(self, kinds: Collection[str]) -> Iterator[Entry]:
            yield from (entry for entry in self.entries() if entry.kind in kinds)

    texts = [doubt.text for doubt in verify_store(Holding(), copies=Copies()).discrepancies]

    assert "the kept copy of EV-1 cannot be read" in texts
    assert "the content of entry 2 was changed" in texts
    assert not [text for text in texts if "EV-2" in text or "EV-3" in text]
