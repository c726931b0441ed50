"""The copy of an erased item stays as long as another item needs it, whoever adds or erases one at the same time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import LedgerBroken, UsageProblem
from leakguard.ledger.custody import EvidenceItem
from leakguard.models.records import KeptRecord
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import read_playbook, start_playbook
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.proofs.evidence_items import EvidenceOptions, add_files
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact, scrub
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.findings import make_finding
from support.ledgers import START, FakeClock, Tokens
from support.machines import NoFolders
from support.responses import SMALL

DIGEST = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
"""The SHA-256 of `hello` and the end of its line."""


class Copies(KeptFiles):
    """Kept copies, with what others do while one is taken in or set aside."""

    taken: Callable[[], object] = staticmethod(lambda: None)
    moved: Callable[[], object] = staticmethod(lambda: None)

    def take(self, path: str, *, keep: bool) -> tuple[str, int]:
        found = super().take(path, keep=keep)
        if keep:
            once(self, "taken")
        return found

    def set_aside(self, sha256: str) -> bool:
        found = super().set_aside(sha256)
        once(self, "moved")
        return found


def once(copies: Copies, name: str) -> None:
    act = getattr(copies, name)
    setattr(copies, name, lambda: None)
    act()


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "copies")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as opened:
        finding = make_finding("F-1")
        opened.save_findings("R-1", [finding], {})
        open_incident(opened, [finding], now=START)
        (tmp_path / "a.log").write_text("hello\n", encoding="ascii")
        yield opened


def add(store: SqlStore, copies: KeptFiles) -> EvidenceItem:
    adding = EvidenceOptions(by="A. Responder", keep=True)
    path = str(copies.folder.with_name("a.log"))
    (item,) = add_files(store, copies, "IR-2026-0001", [path], adding, now=lambda: START)
    assert item.sha256 == DIGEST
    return item


def erase(store: SqlStore, copies: KeptFiles, item: EvidenceItem) -> None:
    asked = Redaction(names=(item.id,), by="B. Example", reason="twice", keep=frozenset({"sha256"}))
    redact(store, copies, asked, now=lambda: START)


def is_whole(store: SqlStore, copies: KeptFiles) -> bool:
    """Whether verification misses no copy, and none is left that no item needs."""
    return not [doubt.text for doubt in verify_store(store, copies=copies).discrepancies if "copy" in doubt.text]


def lies_there(copies: KeptFiles) -> list[str]:
    return sorted(path.name for path in copies.folder.iterdir())


def test_a_copy_that_another_item_took_in_meanwhile_stays(
    store: SqlStore, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = add(store, copies)
    real = store.erase

    def slow(*words: object, **more: object) -> tuple[KeptRecord, ...]:
        add(store, copies)
        return real(*words, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(store, "erase", slow)
    erase(store, copies, item)

    assert lies_there(copies) == [DIGEST]
    assert is_whole(store, copies)


def test_an_item_that_comes_while_the_copy_is_out_of_its_place_has_one(store: SqlStore, copies: Copies) -> None:
    item = add(store, copies)
    copies.moved = lambda: add(store, copies)

    erase(store, copies, item)

    assert lies_there(copies) == [DIGEST]
    assert is_whole(store, copies)


def test_a_copy_that_went_between_the_look_at_a_file_and_its_entry_is_kept_again(
    store: SqlStore, copies: Copies
) -> None:
    item = add(store, copies)
    copies.taken = lambda: erase(store, copies, item)

    add(store, copies)

    assert lies_there(copies) == [DIGEST]
    assert is_whole(store, copies)


def test_the_copy_of_evidence_for_a_step_is_kept_again_as_well(store: SqlStore, copies: Copies) -> None:
    item = add(store, copies)
    file = read_playbook(SMALL.replace("emits: contained", "emits: note"), name="small.yaml")
    start_playbook(store, NoFolders(), "IR-2026-0001", now=lambda: START, file=file)
    copies.taken = lambda: erase(store, copies, item)
    given = (f"config_before=@{copies.folder.with_name('a.log')}",)
    told = StepStatement(step="contain", by="Ann", evidence=given, keep=True)

    tell_step(store, "IR-2026-0001", told, now=lambda: START, intake=copies)

    assert lies_there(copies) == [DIGEST]
    assert is_whole(store, copies)


def test_two_erasures_at_once_leave_no_copy_that_neither_item_needs(
    store: SqlStore, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = add(store, copies), add(store, copies)
    real, waiting = store.erase, [lambda: erase(store, copies, second)]

    def slow(*words: object, **more: object) -> tuple[KeptRecord, ...]:
        while waiting:
            waiting.pop()()
        return real(*words, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(store, "erase", slow)
    erase(store, copies, first)

    assert lies_there(copies) == []


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("is_needed", [False, True])
def test_a_copy_that_was_out_of_its_place_when_the_process_was_killed_is_settled_by_scrub(
    store: SqlStore, copies: Copies, *, is_needed: bool
) -> None:
    item = add(store, copies)

    def killed() -> None:
        if is_needed:
            add(store, KeptFiles(copies.folder.with_name("another")))
        raise Killed

    copies.folder.with_name("another").mkdir()
    copies.folder.with_name("another").joinpath("a.log").write_text("hello\n", encoding="ascii")
    copies.moved = killed
    with pytest.raises(Killed):
        erase(store, copies, item)
    assert DIGEST not in lies_there(copies)

    scrub(store, copies)

    assert lies_there(copies) == ([DIGEST] if is_needed else [])


def test_names_and_marks_are_of_copies_in_their_place_alone(copies: Copies, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("hello\n", encoding="ascii")
    copies.take(str(tmp_path / "a.log"), keep=True)
    assert copies.set_aside(DIGEST)

    assert (copies.names(), copies.has(DIGEST), dict(copies.marked())) == ((), False, {})
    assert copies.set_aside(DIGEST)
    copies.unmark(DIGEST)
    assert (copies.names(), copies.is_whole(DIGEST)) == ((DIGEST,), True)


def test_what_several_files_brought_is_kept_again_each_for_itself(store: SqlStore, copies: Copies) -> None:
    paths: Sequence[str] = [str(copies.folder.with_name(name)) for name in ("a.log", "b.log")]
    Path(paths[1]).write_text("other\n", encoding="ascii")
    item = add(store, copies)
    copies.taken = lambda: erase(store, copies, item)
    adding = EvidenceOptions(by="A. Responder", keep=True)

    found = add_files(store, copies, "IR-2026-0001", paths, adding, now=lambda: START)

    assert lies_there(copies) == sorted(each.sha256 for each in found)
    assert is_whole(store, copies)


def test_no_copy_is_left_of_files_that_were_refused(store: SqlStore, copies: Copies) -> None:
    """No entry would name it, so nobody could erase it."""
    paths = [str(copies.folder.with_name(name)) for name in ("a.log", "missing.log")]
    adding = EvidenceOptions(by="A. Responder", keep=True)

    with pytest.raises(UsageProblem, match=r"missing\.log cannot be read"):
        add_files(store, copies, "IR-2026-0001", paths, adding, now=lambda: START)
    assert lies_there(copies) == []

    with closing(sqlite3.connect(copies.folder.with_name("leakguard.db"))) as raw, raw:
        raw.execute("UPDATE ledger SET hash = 'x' WHERE sequence = (SELECT max(sequence) FROM ledger)")
    with pytest.raises(LedgerBroken):
        add_files(store, copies, "IR-2026-0001", paths[:1], adding, now=lambda: START)
    assert lies_there(copies) == []


def test_a_copy_that_another_item_needs_stays_when_files_are_refused(store: SqlStore, copies: Copies) -> None:
    paths = [str(copies.folder.with_name(name)) for name in ("a.log", "missing.log")]
    adding = EvidenceOptions(by="A. Responder", keep=True)
    add(store, copies)

    with pytest.raises(UsageProblem):
        add_files(store, copies, "IR-2026-0001", paths, adding, now=lambda: START)

    assert lies_there(copies) == [DIGEST]
    assert is_whole(store, copies)


def test_a_copy_that_another_item_begins_to_need_while_files_are_refused_stays(store: SqlStore, copies: Copies) -> None:
    paths = [str(copies.folder.with_name(name)) for name in ("a.log", "missing.log")]
    adding = EvidenceOptions(by="A. Responder", keep=True)
    copies.moved = lambda: add(store, copies)

    with pytest.raises(UsageProblem):
        add_files(store, copies, "IR-2026-0001", paths, adding, now=lambda: START)

    assert lies_there(copies) == [DIGEST]
    assert is_whole(store, copies)


def test_a_half_copy_that_a_killed_process_left_is_gone_after_a_scrub(store: SqlStore, copies: Copies) -> None:
    """The erased file lay there as half a copy, and nothing said so."""
    item = add(store, copies)
    half = copies.folder / ".part-4711-4711"
    half.write_text("hel", encoding="ascii")

    assert scrub(store, copies) == (True, ())
    assert lies_there(copies) == [DIGEST]

    half.write_text("hel", encoding="ascii")
    erase(store, copies, item)
    assert lies_there(copies) == []


def test_a_half_copy_that_is_still_made_stays_and_is_named(store: SqlStore, copies: Copies, tmp_path: Path) -> None:
    seen: list[tuple[bool, tuple[str, ...]]] = []

    class Watched(KeptFiles):
        def _new(self, part: Path) -> int:
            handle = super()._new(part)
            seen.append(scrub(store, copies))
            assert part.exists()
            return handle

    sha256, _ = Watched(copies.folder).take(str(tmp_path / "a.log"), keep=True)

    assert [(is_done, [name.startswith(".part-") for name in names]) for is_done, names in seen] == [(True, [True])]
    assert lies_there(copies) == [sha256]
