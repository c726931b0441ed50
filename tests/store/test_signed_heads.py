"""With a key, heads are signed wherever they are kept, and whoever has the files but not the key is found."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import LedgerBroken
from leakguard.ledger.heads import Head, head_of, heads_in_file
from leakguard.ledger.keys import SigningKey, new_key, since_line
from leakguard.ledger.signed_heads import Trust
from leakguard.ledger.verification_result import Answer, DiscrepancyKind, Verification
from leakguard.store import head_file
from leakguard.store.head_file import HeadFile
from leakguard.store.key_file import HeadSigner, read_signer
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.bundles import KEY
from support.ledgers import START, FakeClock, Tokens, make_chain, make_record

OTHER = new_key(KEY.name, b"\x08" * 32)
STRICT = Trust(key=KEY.public, is_strict=True)
NAMED = Trust(key=KEY.public, is_named=True)


def key_file(folder: Path, key: SigningKey = KEY, *, is_new: bool = True) -> Path:
    path = folder / f"{key.public.id.hex()}.key"
    if not path.exists():
        path.write_text(key.text + (since_line(START) if is_new else ""), encoding="ascii")
    return path


def opened(path: Path, *heads: Path, key: Path | None = None) -> SqlStore:
    signer = read_signer(key, is_named=True) if key is not None else None
    return SqlStore.open(str(path), now=FakeClock(), token=Tokens(), heads=heads, signer=signer)


def filled(path: Path, *heads: Path, key: Path | None = None, count: int = 3, text: str = "true") -> None:
    with closing(opened(path, *heads, key=key)) as store:
        for number in range(count):
            store.append("S", [make_record("note", {"n": number, "text": text})])


def judged(path: Path, *heads: Path, trust: Trust | None = STRICT) -> Verification:
    with closing(opened(path, *heads)) as store:
        return verify_store(store, trust=trust)


def kinds(found: Verification) -> set[DiscrepancyKind]:
    return {doubt.kind for doubt in found.discrepancies}


def test_every_head_that_is_kept_in_a_file_is_signed(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.head"
    filled(path, elsewhere, key=key_file(tmp_path))

    for file in (path.with_name("leakguard.db.head"), elsewhere):
        heads = heads_in_file(file.read_text(encoding="ascii"))
        assert heads is not None
        assert heads.signed is not None
        assert (heads.signed.head.sequence, heads.signed.signer) == (3, KEY.public)
    assert judged(path, elsewhere).discrepancies == ()


def remove(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def rewritten(path: Path, key: Path | None) -> None:
    """Another story, and every file that goes with it, by somebody who has all but the right key."""
    remove(path)
    filled(path, key=key, text="false", count=5)


def with_a_key_of_their_own(path: Path) -> None:
    rewritten(path, key_file(path.parent, OTHER))


def with_no_key(path: Path) -> None:
    rewritten(path, None)


def with_the_head_of_before(path: Path) -> None:
    head = path.with_name("leakguard.db.head").read_bytes()
    rewritten(path, None)
    path.with_name("leakguard.db.head").write_bytes(head)


def with_the_signature_of_before(path: Path) -> None:
    head = path.with_name("leakguard.db.head")
    signed = json.loads(head.read_text(encoding="ascii"))
    rewritten(path, None)
    forged = json.loads(head.read_text(encoding="ascii"))
    more = {name: signed[name] for name in ("signed_by", "signature")}
    head.write_text(json.dumps(forged | more) + "\n", encoding="ascii")


@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (with_a_key_of_their_own, DiscrepancyKind.WRONG_SIGNATURE),
        (with_no_key, DiscrepancyKind.SIGNATURE_GONE),
        (with_the_head_of_before, DiscrepancyKind.HEAD_MISMATCH),
        (with_the_signature_of_before, DiscrepancyKind.WRONG_SIGNATURE),
    ],
)
def test_a_ledger_that_was_written_anew_with_its_head_and_without_the_key_does_not_verify(
    path: Path, tmp_path: Path, attack: Callable[[Path], None], kind: DiscrepancyKind
) -> None:
    key = key_file(tmp_path)
    filled(path, key=key)

    attack(path)
    found = judged(path)

    assert kind in kinds(found)
    assert found.answer is Answer.MISMATCH
    with closing(opened(path, key=key)) as store, pytest.raises(LedgerBroken):
        store.append("S", [make_record()])


def test_the_key_signs_nothing_that_somebody_without_it_wrote_until_a_person_says_so(
    path: Path, tmp_path: Path
) -> None:
    """Otherwise the next command of whoever has the key would vouch for the forgery."""
    key = key_file(tmp_path)
    filled(path, key=key)
    with_no_key(path)

    with closing(opened(path, key=key)) as store:
        for act in (lambda: store.append("S", [make_record()]), store.refuse_unsigned):
            with pytest.raises(LedgerBroken, match="no head here has the signature of the key") as refused:
                act()
        assert "evidence head --keep --anew" in refused.value.next_step
        store.sign_anew()
        store.append("S", [make_record()])

    assert judged(path).discrepancies == ()


@pytest.mark.parametrize("trust", [STRICT, NAMED, None])
def test_a_signed_head_that_was_replaced_by_an_unsigned_one_is_found_by_the_ledger_itself(
    path: Path, tmp_path: Path, trust: Trust | None
) -> None:
    """Also by somebody who has no key at all: the entries say since when heads are signed."""
    filled(path, key=key_file(tmp_path))
    head = path.with_name("leakguard.db.head")
    plain = {name: value for name, value in json.loads(head.read_text()).items() if not name.startswith("sign")}
    head.write_text(json.dumps(plain) + "\n", encoding="ascii")

    found = judged(path, trust=trust)

    assert (found.answer, kinds(found)) == (Answer.MISMATCH, {DiscrepancyKind.SIGNATURE_GONE})
    assert "is not signed, though entry 1 says that heads are: it was replaced" in found.discrepancies[0].text


def test_a_second_place_that_was_replaced_is_found(path: Path, tmp_path: Path) -> None:
    elsewhere, key = tmp_path / "elsewhere.head", key_file(tmp_path)
    filled(path, elsewhere, key=key)
    other = tmp_path / "other.db"
    filled(other, elsewhere.with_name("forged.head"), key=key_file(tmp_path, OTHER), text="false")
    elsewhere.write_bytes(elsewhere.with_name("forged.head").read_bytes())

    found = judged(path, elsewhere)

    assert found.answer is Answer.MISMATCH
    assert {DiscrepancyKind.HEAD_MISMATCH, DiscrepancyKind.WRONG_SIGNATURE} <= kinds(found)


def test_an_earlier_second_place_is_older_and_no_tampering(path: Path, tmp_path: Path) -> None:
    """A disk that was away when signing began."""
    elsewhere = tmp_path / "elsewhere.head"
    filled(path, elsewhere)
    before = elsewhere.read_bytes()
    key = key_file(tmp_path)
    with closing(opened(path, key=key)) as store:
        store.sign_anew()
        store.append("S", [make_record()])
    elsewhere.write_bytes(before)

    found = judged(path, elsewhere)

    assert (found.answer, kinds(found)) == (Answer.NOT_VERIFIABLE, {DiscrepancyKind.UNSIGNED_HEAD})


def test_a_process_without_the_key_leaves_the_signed_head_in_its_place(path: Path, tmp_path: Path) -> None:
    """The key is meant to lie where not everybody can read it; what is not signed yet is named until it is."""
    key = key_file(tmp_path)
    filled(path, key=key)
    filled(path, count=2)

    found = judged(path)

    assert (found.answer, kinds(found)) == (Answer.NOT_VERIFIABLE, {DiscrepancyKind.UNSIGNED_ENTRIES})
    assert found.discrepancies[0].text == (
        "entries 4 to 5 are covered by no signed head: look at them, then: leakguard evidence head --keep --anew"
    )


@pytest.mark.parametrize("with_head", [True, False])
def test_the_key_never_signs_over_entries_that_somebody_wrote_without_it(
    path: Path, tmp_path: Path, *, with_head: bool
) -> None:
    """Writing goes on, for the reason may be a crash; a person looks at what no signed head covers, and says so."""
    key, head = key_file(tmp_path), path.with_name("leakguard.db.head")
    filled(path, key=key)
    before = head.read_bytes()
    filled(path, count=2, text="forged")
    if not with_head:
        head.write_bytes(before)

    warnings: list[str] = []
    with closing(opened(path, key=key)) as store:
        store.warn_with(warnings.append)
        for _ in range(2):
            store.append("S", [make_record()])
        with pytest.raises(LedgerBroken, match="entries 4 to 7 are covered by no signed head: look at them"):
            store.refuse_unsigned()
    filled(path, key=key, count=1)
    found = judged(path)

    assert [text.split(": look")[0] for text in warnings] == ["entries 4 to 5 are covered by no signed head"]
    assert (found.answer, kinds(found)) == (Answer.NOT_VERIFIABLE, {DiscrepancyKind.UNSIGNED_ENTRIES})
    assert found.discrepancies[0].text.startswith("entries 4 to 8 are covered by no signed head")
    with closing(opened(path, key=key)) as store:
        store.sign_anew()
        store.append("S", [make_record()])
    filled(path, key=key, count=1)
    assert judged(path).discrepancies == ()


def behind_by_one(path: Path, key: Path) -> tuple[Path, bytes, bytes]:
    """The file of the head of a ledger of three entries, with what it holds after two of them and after all."""
    head = path.with_name("leakguard.db.head")
    filled(path, key=key, count=2)
    before = head.read_bytes()
    filled(path, key=key, count=1)
    return head, before, head.read_bytes()


def test_a_process_between_its_commit_and_its_head_is_waited_for(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes with the key write by turns, and each finds the other's entry before its head is written."""
    key = key_file(tmp_path)
    head, before, after = behind_by_one(path, key)
    head.write_bytes(before)

    warnings: list[str] = []
    with closing(opened(path, key=key)) as store:
        monkeypatch.setattr(store._vouching, "_pause", lambda _: head.write_bytes(after))  # noqa: SLF001  (its writing)
        store.warn_with(warnings.append)
        store.append("S", [make_record()])

    assert (warnings, judged(path).discrepancies) == ([], ())


def test_the_first_process_of_a_new_store_is_waited_for_between_its_commit_and_its_head(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is signed yet in a store that a scan and the watchman begin to write at the same moment."""
    key = key_file(tmp_path)
    head = path.with_name("leakguard.db.head")
    with closing(opened(path, key=key)) as first, closing(opened(path, key=key)) as second:
        first.append("S", [make_record()])
        written = head.read_bytes()
        head.unlink()
        monkeypatch.setattr(second._vouching, "_pause", lambda _: head.write_bytes(written))  # noqa: SLF001  (its writing)

        second.append("S", [make_record()])

    assert judged(path).discrepancies == ()


def test_a_head_that_is_written_while_it_is_asked_for_is_no_reason_to_sign_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process was between its commit and its head when the entries were counted, and is not any more."""
    key = key_file(tmp_path)
    head, before, after = behind_by_one(path, key)

    warnings: list[str] = []
    with closing(opened(path, key=key)) as store:
        vouching = store._vouching  # noqa: SLF001  (what it does between two questions)
        is_witnessed = vouching._is_witnessed  # noqa: SLF001  (as above)

        def written_just_now(sequence: int) -> bool:
            head.write_bytes(after)
            return is_witnessed(sequence)

        monkeypatch.setattr(vouching, "_is_witnessed", written_just_now)
        store.warn_with(warnings.append)
        head.write_bytes(before)
        store.refuse_unsigned()
        head.write_bytes(before)
        store.append("S", [make_record()])

    assert (warnings, judged(path).discrepancies) == ([], ())


def locked(folder: Path) -> int:
    """The lock of another process that writes a head there."""
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def heads_of(*sequences: int) -> list[Head]:
    entries = make_chain(*({} for _ in range(max(sequences))))
    return [head_of(entries[sequence - 1]) for sequence in sequences]


def test_a_later_head_of_another_process_is_never_replaced_by_an_earlier_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads, compares and replaces while nobody else does."""
    earlier, later = heads_of(4, 5)
    file, other = HeadFile(path), HeadFile(path.with_name("other.db"))
    other.write(later)
    handle = locked(path.parent)

    def other_is_done(_: float) -> None:
        file.path.write_bytes(other.path.read_bytes())
        os.close(handle)

    monkeypatch.setattr(head_file, "_SLEEP", other_is_done, raising=False)

    assert file.write(earlier) == ""
    assert file.read() == later


def test_a_process_that_holds_the_head_for_ever_is_named_after_half_a_minute(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(head_file, "_SLEEP", slept.append)
    handle = locked(path.parent)

    failure = HeadFile(path).write(heads_of(1)[0])
    os.close(handle)

    assert "is being changed by another process that does not end" in failure
    assert slept[0] == pytest.approx(0.001)
    assert 25 < sum(slept) < 35
    assert HeadFile(path).write(heads_of(1)[0]) == ""


def test_a_second_place_that_holds_something_else_is_left_alone_and_named(path: Path, tmp_path: Path) -> None:
    """It was replaced without a word, a device of the machine too."""
    notes, pipe, empty = tmp_path / "notes.txt", tmp_path / "pipe", tmp_path / "empty"
    notes.write_text('{"mine": 1}\n', encoding="utf-8")
    os.mkfifo(pipe)
    empty.touch()
    told: list[str] = []
    with closing(opened(path, notes, pipe, empty)) as store:
        store.warn_with(told.append)
        store.append("S", [make_record("note", {})])
        assert len(store.tell_places()) == 2

    assert [text.partition(": ")[0] for text in told] == [str(notes), str(pipe)]
    assert notes.read_text("utf-8") == '{"mine": 1}\n'
    assert pipe.is_fifo()
    assert heads_in_file(empty.read_text("utf-8")) is not None


def test_a_key_of_an_earlier_release_signs_what_it_finds_and_remembers_that(path: Path, tmp_path: Path) -> None:
    """Its unsigned heads were made before signing was required, and are no tampering."""
    key = key_file(tmp_path, is_new=False)
    filled(path)
    before = judged(path, trust=Trust(key=KEY.public))
    filled(path, key=key, count=1)

    assert (before.answer, kinds(before)) == (Answer.NOT_VERIFIABLE, {DiscrepancyKind.UNSIGNED_HEAD})
    assert before.discrepancies[0].text == "the head in leakguard.db.head is unsigned, made before signing was required"
    signer = read_signer(key, is_named=True)
    assert isinstance(signer, HeadSigner)
    assert signer.is_strict
    assert judged(path).discrepancies == ()
    with_no_key(path)
    assert judged(path).answer is Answer.MISMATCH


def test_whoever_names_a_key_is_told_that_nothing_is_signed(path: Path) -> None:
    filled(path)

    assert kinds(judged(path, trust=NAMED)) == {DiscrepancyKind.UNSIGNED_ENTRIES}
    assert judged(path, trust=None).discrepancies == ()


def test_a_signature_of_a_key_that_nobody_named_is_told(path: Path, tmp_path: Path) -> None:
    filled(path, key=key_file(tmp_path))

    found = judged(path, trust=None)

    assert (found.answer, kinds(found)) == (Answer.NOT_VERIFIABLE, {DiscrepancyKind.UNNAMED_KEY})


@pytest.mark.parametrize("trust", [STRICT, NAMED, None])
def test_a_head_that_is_gone_is_told_by_the_entries_that_say_that_heads_are_signed(
    path: Path, tmp_path: Path, trust: Trust | None
) -> None:
    """Also where no key is at hand; a copy of the store without its head looks the same, and is no mismatch."""
    filled(path, key=key_file(tmp_path))
    path.with_name("leakguard.db.head").unlink()

    found = judged(path, trust=trust)

    assert (found.answer, kinds(found)) == (
        Answer.NOT_VERIFIABLE,
        {DiscrepancyKind.NO_HEAD, DiscrepancyKind.UNSIGNED_ENTRIES},
    )
    assert any(
        "entry 1 says that heads are signed, and no signed head was found" in one.text for one in found.discrepancies
    )


def test_a_head_that_is_gone_from_a_ledger_that_was_never_signed_is_no_more_than_that(path: Path) -> None:
    filled(path)
    path.with_name("leakguard.db.head").unlink()

    assert kinds(judged(path, trust=None)) == {DiscrepancyKind.NO_HEAD}
    assert kinds(judged(path)) == {DiscrepancyKind.NO_HEAD, DiscrepancyKind.UNSIGNED_ENTRIES}


def test_a_lifted_store_of_an_earlier_release_is_signed_with_its_key_at_once(path: Path, tmp_path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE leakguard_schema SET version_num = '0006'")

    with closing(opened(path, key=key_file(tmp_path, is_new=False))):
        pass

    heads = heads_in_file(path.with_name("leakguard.db.head").read_text(encoding="ascii"))
    assert heads is not None
    assert heads.signed is not None
    assert heads.signed.head.sequence == 4


@pytest.mark.parametrize("trust", [STRICT, NAMED], ids=["strict", "named"])
def test_an_emptied_ledger_whose_head_is_gone_too_does_not_verify_with_its_key(
    path: Path, tmp_path: Path, trust: Trust
) -> None:
    filled(path, key=key_file(tmp_path))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DELETE FROM ledger")
    path.with_name("leakguard.db.head").unlink()

    assert kinds(judged(path, trust=trust)) == {DiscrepancyKind.UNSIGNED_ENTRIES}


def test_no_store_is_begun_anew_over_a_head_that_its_own_key_signed(path: Path, tmp_path: Path) -> None:
    filled(path, key=key_file(tmp_path))
    head = path.with_name("leakguard.db.head")
    before = head.read_bytes()
    path.unlink()

    with pytest.raises(LedgerBroken, match="is gone") as raised:
        opened(path, key=key_file(tmp_path))

    assert f"move {head} away first" in raised.value.next_step
    assert head.read_bytes() == before

    head.replace(tmp_path / "kept.head")
    filled(path, key=key_file(tmp_path))
    assert judged(path).discrepancies == ()


def test_a_new_ledger_in_the_place_of_one_that_the_key_signed_does_not_verify(path: Path, tmp_path: Path) -> None:
    """Whoever has no key sets the head aside; the key must not sign what they wrote as if it were the same ledger."""
    filled(path, key=key_file(tmp_path))
    path.unlink()
    filled(path, text="false")

    found = judged(path, trust=NAMED)

    text = next(doubt.text for doubt in found.discrepancies if "leakguard.db.head.old-1" in doubt.text)
    assert DiscrepancyKind.UNSIGNED_ENTRIES in kinds(found)
    assert text.endswith(
        "signed entry 3 of a ledger that was in this place before, and this ledger does not contain it. "
        "Find that ledger; its head is kept as leakguard.db.head.old-1"
    )


def test_a_head_that_was_set_aside_is_no_doubt_of_a_ledger_that_contains_its_entry(path: Path, tmp_path: Path) -> None:
    filled(path, key=key_file(tmp_path))
    head = path.with_name("leakguard.db.head")
    head.with_name("leakguard.db.head.old-1").write_bytes(head.read_bytes())

    assert kinds(judged(path)) == {DiscrepancyKind.FOREIGN_HEAD}
