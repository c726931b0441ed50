"""Heads in second places: on another disk, under git, behind a channel; each finds a tail that was cut off."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import BadFile, ChannelFailed, LedgerBroken, NotFound
from leakguard.ledger.heads import head_of, latest_head_in_file
from leakguard.ledger.notes import TreeHead
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.models.alerts import AlertMessage
from leakguard.store.head_places import HEADS, ChannelPlace, GitFolder, make_places
from leakguard.store.key_file import read_key
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.bundles import KEY
from support.ledgers import FakeClock, Tokens, make_record

HEAD = TreeHead(size=3, root=b"r" * 32, hash="ab" * 32, recorded_at="2026-05-24T01:00:00Z")


def opened(path: Path, *heads: Path) -> SqlStore:
    return SqlStore.open(str(path), now=FakeClock(), token=Tokens(), heads=heads)


def test_a_store_that_was_put_back_from_an_old_copy_is_found_by_the_other_disk(path: Path, tmp_path: Path) -> None:
    """The head beside the store was put back with it; the one elsewhere was not."""
    other = tmp_path / "elsewhere" / "heads.json"
    other.parent.mkdir()
    with closing(opened(path, other)) as store:
        store.append("S", [make_record()])
    saved = {file: file.read_bytes() for file in path.parent.glob("leakguard.db*")}
    with closing(opened(path, other)) as store:
        store.append("S", [make_record()])
    for file in path.parent.glob("leakguard.db*"):
        file.unlink()
    for file, body in saved.items():
        file.write_bytes(body)

    with closing(opened(path, other)) as store:
        found = verify_store(store)

        assert (found.answer, [doubt.kind for doubt in found.discrepancies]) == (
            Answer.MISMATCH,
            [DiscrepancyKind.TAIL_CUT],
        )
        with pytest.raises(LedgerBroken, match="its end was cut off"):
            store.append("S", [make_record()])


def test_a_backup_goes_on_once_the_heads_of_the_lost_end_are_moved_away(path: Path, tmp_path: Path) -> None:
    """Whoever lost a disk is told which files stand in the way of the backup, and that they are worth keeping."""
    other = tmp_path / "elsewhere.json"
    with closing(opened(path, other)) as store:
        store.append("S", [make_record()])
    backup = path.read_bytes()
    with closing(opened(path, other)) as store:
        store.append("S", [make_record()])
    restored = path.with_name("restored.db")
    restored.write_bytes(backup)
    with closing(opened(restored, other)) as store:
        with pytest.raises(LedgerBroken, match="its end was cut off: entry 2") as refused:
            store.append("S", [make_record()])
        assert f"move {other} away first, and keep it" in refused.value.next_step
        other.rename(tmp_path / "kept.json")
        assert store.append("S", [make_record("filed")])[0].sequence == 2
        lost = latest_head_in_file((tmp_path / "kept.json").read_text())

        assert lost is not None
        assert verify_store(store).answer is Answer.MATCH
        assert verify_store(store, printed=[lost]).answer is Answer.MISMATCH


def test_a_second_place_that_cannot_be_read_proves_nothing(path: Path, tmp_path: Path) -> None:
    gone = tmp_path / "unplugged" / "heads.json"
    with closing(opened(path, gone)) as store:
        store.append("S", [make_record()])
        found = verify_store(store)

        assert found.answer is Answer.NOT_VERIFIABLE
        assert [doubt.kind for doubt in found.discrepancies] == [DiscrepancyKind.UNREADABLE_HEAD]
        assert store.head() == head_of(list(store.entries())[-1])


def test_an_empty_store_has_no_head(store: SqlStore) -> None:
    assert store.head() is None


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


def test_a_git_folder_gets_a_commit_a_head(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    place = GitFolder(folder=tmp_path)

    place.keep(HEAD, HEAD.text)
    place.keep(HEAD, HEAD.text)

    assert git(tmp_path, "log", "--format=%s").splitlines() == ["Ledger head: entry 3, abababababababab"] * 2
    assert (tmp_path / HEADS).read_text(encoding="utf-8") == f"{HEAD.text}\n" * 2


def test_a_folder_that_is_no_repository_or_is_not_there_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ChannelFailed, match="git ended with 128"):
        GitFolder(folder=tmp_path).keep(HEAD, HEAD.text)
    with pytest.raises(ChannelFailed, match="cannot be written"):
        GitFolder(folder=tmp_path / "nothing").keep(HEAD, HEAD.text)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ChannelFailed, match="git cannot be run"):
        GitFolder(folder=tmp_path).keep(HEAD, HEAD.text)


class Remembering:
    """A channel that keeps what it is given."""

    name = "audit"

    def __init__(self) -> None:
        self.sent: list[AlertMessage] = []

    def send(self, message: AlertMessage) -> None:
        self.sent.append(message)


def test_a_channel_is_sent_the_whole_note() -> None:
    channel = Remembering()
    ChannelPlace(channel=channel).keep(HEAD, HEAD.text)

    assert channel.sent[0].lines == tuple(HEAD.text.splitlines())
    assert channel.sent[0].title == "Ledger head: entry 3, abababababababab"


def test_places_are_made_by_their_names_and_a_channel_must_exist() -> None:
    names: Sequence[str] = ("audit",)

    assert [place.name for place in make_places(["/srv/heads"], names, {"audit": Remembering()})] == [
        "git:/srv/heads", "channel:audit",
    ]  # fmt: skip
    with pytest.raises(NotFound, match="audit"):
        make_places([], names, {})


def test_a_key_is_read_from_its_file_and_nothing_else_is_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"

    assert read_key(path, is_named=False) is None
    with pytest.raises(BadFile, match="No such file"):
        read_key(path, is_named=True)
    path.write_text(KEY.public.text, encoding="ascii")
    with pytest.raises(BadFile, match="holds no key"):
        read_key(path, is_named=False)
    path.write_text(KEY.text, encoding="ascii")
    assert read_key(path, is_named=False) == KEY
