"""Copies of evidence: under their own hash, for their owner alone, gone when they are removed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from threading import get_native_id

import pytest

from leakguard.errors import StoreUnusable, UsageProblem
from leakguard.store.kept_files import CHUNK, KeptFiles
from support.full_disk import no_room

BODY = b"0123456789" * (CHUNK // 10 + 1)
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(BODY)
    return path


@pytest.fixture
def files(tmp_path: Path) -> KeptFiles:
    return KeptFiles.beside(str(tmp_path / "leakguard.db"))


def test_a_file_is_measured_without_being_copied(files: KeptFiles, log: Path) -> None:
    assert files.take(str(log), keep=False) == (DIGEST, len(BODY))
    assert files.names() == ()
    assert not files.folder.exists()


def test_a_copy_lies_under_its_hash_and_only_its_owner_may_read_it(files: KeptFiles, log: Path) -> None:
    files.take(str(log), keep=True)
    files.take(str(log), keep=True)

    assert files.names() == (DIGEST,)
    assert b"".join(files.chunks(DIGEST)) == BODY
    assert files.has(DIGEST)
    assert files.is_whole(DIGEST)
    assert (files.folder / DIGEST).stat().st_mode & 0o777 == 0o600
    assert files.folder.stat().st_mode & 0o777 == 0o700


def test_a_changed_copy_is_not_whole(files: KeptFiles, log: Path) -> None:
    files.take(str(log), keep=True)
    (files.folder / DIGEST).write_bytes(b"other")

    assert not files.is_whole(DIGEST)


def test_a_removed_copy_is_gone_and_removing_it_again_is_nothing(files: KeptFiles, log: Path) -> None:
    files.take(str(log), keep=True)

    files.remove(DIGEST)
    files.remove(DIGEST)

    assert not files.has(DIGEST)


def test_a_file_that_cannot_be_read_leaves_nothing_behind(files: KeptFiles, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="cannot be read"):
        files.take(str(tmp_path / "nothing"), keep=True)

    assert list(files.folder.iterdir()) == []


def denied(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_copy_that_cannot_be_removed_is_told_before_anything_is_erased(
    files: KeptFiles, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights mean nothing to root, so they are taken away by hand here."""
    files.take(str(log), keep=True)
    files.refuse_fixed(DIGEST)
    files.refuse_fixed("ab" * 32)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        with pytest.raises(StoreUnusable, match=r"nothing was erased, because the kept copy .* Permission denied"):
            files.refuse_fixed(DIGEST)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        with pytest.raises(StoreUnusable, match="nothing was erased"):
            files.refuse_fixed(DIGEST)
        with pytest.raises(StoreUnusable, match=r"is erased, but the kept copy .* is still there") as left:
            files.remove(DIGEST)

    assert "by hand" in left.value.next_step
    assert files.has(DIGEST)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", denied)
        with pytest.raises(StoreUnusable, match=r"is erased, but the kept copy .* is still there"):
            files.remove(DIGEST)
    assert files.has(DIGEST)


def test_a_folder_into_which_nobody_may_look_is_told_and_no_bug(
    files: KeptFiles, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.take(str(log), keep=True)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", denied)
        with pytest.raises(UsageProblem, match="cannot be read: Permission denied"):
            files.has(DIGEST)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", denied)
        assert files.names() == ()
    log.unlink()
    assert not KeptFiles(log / "nothing").has(DIGEST)


def test_what_never_ends_is_no_file(files: KeptFiles, tmp_path: Path) -> None:
    """A pipe into which nobody writes hung for ever; a device filled the disk."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for endless in (pipe, Path("/dev/zero")):
        with pytest.raises(UsageProblem, match="never end"):
            files.take(str(endless), keep=True)

    assert files.names() == ()


def test_a_folder_that_cannot_be_made_and_a_full_disk_are_told(tmp_path: Path, log: Path) -> None:
    with pytest.raises(StoreUnusable, match="cannot be written"):
        KeptFiles(log).take(str(log), keep=True)
    full = KeptFiles(tmp_path / "full")
    full.folder.mkdir()
    (full.folder / f".part-{os.getpid()}-{get_native_id()}").symlink_to("/dev/full")
    with pytest.raises(StoreUnusable, match="cannot be kept: No space left"):
        full.take(str(log), keep=True)


def test_another_database_has_its_folder_here() -> None:
    assert KeptFiles.beside("postgresql+psycopg://host/name").folder == Path("leakguard.evidence")


def test_a_mark_that_finds_no_room_is_told_before_anything_is_erased(files: KeptFiles, log: Path) -> None:
    files.take(str(log), keep=True)

    with no_room(), pytest.raises(StoreUnusable, match="nothing was erased, because"):
        files.mark(DIGEST, "e" * 64)

    assert files.marked() == {}
    files.mark(DIGEST, "e" * 64)
    assert files.marked() == {DIGEST: "e" * 64}
    assert files.names() == (DIGEST,)


def test_a_copy_that_is_not_there_needs_no_mark(files: KeptFiles) -> None:
    files.mark(DIGEST, "e" * 64)

    assert files.marked() == {}
