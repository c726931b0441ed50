"""The folder of letters: held by one, for its owner alone, and honest about what is whole."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from leakguard.errors import BadFile, NotAllowed, NotFound, StoreUnusable
from leakguard.notices.merge_manifest import head_line
from leakguard.notices.recipients import SetAside
from leakguard.store.letter_folder import LetterFolder
from leakguard.store.letters_key import existing_letters_key, letters_key, letters_key_file
from support.full_disk import no_room
from support.merging import HEAD


def begun(path: Path) -> None:
    """A run that was killed right after its beginning."""
    folder = LetterFolder(path)
    with folder.held():
        with folder.setting_aside() as note:
            note(SetAside(line=3, problems=("id: is empty",)))
        folder.begin(HEAD)


def test_a_folder_that_holds_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(NotAllowed, match="holds other files"), LetterFolder(tmp_path).held():
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("name", ["manifest.jsonl", ".manifest.jsonl.part"])
def test_a_manifest_that_is_none_of_ours_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text('{"schema": "other/1"}\n', encoding="utf-8")

    with pytest.raises(NotAllowed, match="is no manifest of letters"):
        LetterFolder(tmp_path).head()


def test_an_empty_folder_becomes_the_owners_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    with LetterFolder(tmp_path).held():
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_folder_that_is_a_file_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x", encoding="utf-8")

    assert LetterFolder(path).head() is None
    with pytest.raises(StoreUnusable, match="cannot be written"), LetterFolder(path).held():
        pass


def test_who_was_killed_before_the_first_letter_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.mkdir()
    for name in (".lock", ".set-aside.jsonl.part", "set-aside.jsonl", ".manifest.jsonl.part.new"):
        (path / name).write_text("half", encoding="utf-8")

    begun(path)

    assert (path / ".manifest.jsonl.part").read_text("ascii") == head_line(HEAD)
    assert LetterFolder(path).head() == HEAD


def test_a_disk_that_was_full_at_the_beginning_holds_nobody_up(tmp_path: Path) -> None:
    """The message says that the same command goes on."""
    folder = LetterFolder(tmp_path)
    with folder.held():
        with folder.setting_aside():
            pass
        with no_room(), pytest.raises(StoreUnusable, match="cannot be written"):
            folder.begin(HEAD)

    begun(tmp_path)
    assert LetterFolder(tmp_path).head() == HEAD


def test_halves_of_letters_are_taken_away(tmp_path: Path) -> None:
    begun(tmp_path)
    half = tmp_path / "0000" / ".0000002-0123456789abcdef.pdf.4711.part"
    half.parent.mkdir()
    half.write_bytes(b"%PDF")

    with LetterFolder(tmp_path).held():
        assert not half.exists()


def test_a_letter_that_cannot_be_written_leaves_no_half(tmp_path: Path) -> None:
    folder = LetterFolder(tmp_path)
    (tmp_path / "0000" / "0000002-0123456789abcdef.pdf").mkdir(parents=True)

    with pytest.raises(StoreUnusable, match="cannot be written"):
        folder.save("0000/0000002-0123456789abcdef.pdf", b"%PDF")
    assert [one.name for one in (tmp_path / "0000").iterdir()] == ["0000002-0123456789abcdef.pdf"]


def test_letters_are_named_only_after_a_beginning(tmp_path: Path) -> None:
    folder = LetterFolder(tmp_path)

    for act in (lambda: folder.keep([]), folder.finish):
        with pytest.raises(NotAllowed, match="were not begun"):
            act()


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "letters.key"
    tokens = iter(["ab" * 32, "cd" * 32])

    first = letters_key(path, lambda _: next(tokens))

    assert first == letters_key(path, lambda _: next(tokens)) == bytes.fromhex("ab" * 32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        ("short", 0o600, "holds no key of 64 hex digits"),
        ("ab" * 33, 0o600, "holds no key"),
        ("ab" * 32, 0o640, "chmod 600"),
    ],
)
def test_a_key_that_is_none_or_that_others_can_read_is_refused(
    content: str, mode: int, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "letters.key"
    path.write_text(content, encoding="ascii")
    path.chmod(mode)

    with pytest.raises(BadFile, match=problem):
        letters_key(path, lambda length: "0" * length)


def test_a_key_in_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"the key .* cannot be written"):
        letters_key(tmp_path / "none" / "letters.key", lambda length: "0" * length)
    with pytest.raises(BadFile, match="cannot be read"):
        letters_key(tmp_path, lambda length: "0" * length)


def test_a_disk_that_is_full_leaves_no_half_a_key(tmp_path: Path) -> None:
    """An empty file would be taken for a key that was spoilt, and refused for ever."""
    path = tmp_path / "letters.key"

    with no_room(), pytest.raises(StoreUnusable, match=r"the key .* cannot be written"):
        letters_key(path, lambda length: "0" * length)

    assert not path.exists()
    assert letters_key(path, lambda length: "0" * length) == bytes(32)


def test_the_key_lies_beside_the_store_and_not_beside_the_letters() -> None:
    assert letters_key_file("case/leakguard.db", None) == Path("case/leakguard.db.letters.key")
    assert letters_key_file("postgresql://host/db", None) == Path("leakguard.letters.key")
    assert letters_key_file("leakguard.db", "other.key") == Path("other.key")


def test_no_key_is_made_for_letters_that_exist(tmp_path: Path) -> None:
    path = tmp_path / "letters.key"

    with pytest.raises(NotFound, match="is not here"):
        existing_letters_key(path)
    assert not path.exists()

    made = letters_key(path, lambda length: "a" * length)
    assert existing_letters_key(path) == made
