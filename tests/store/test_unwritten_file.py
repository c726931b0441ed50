"""What a look leaves for the next one while its store cannot be written."""

from __future__ import annotations

from pathlib import Path

from leakguard.store.unwritten_file import UnwrittenFile


def test_the_first_folder_that_takes_it_has_it_until_it_is_forgotten(tmp_path: Path) -> None:
    kept = UnwrittenFile("leakguard.db", [tmp_path / "missing", tmp_path])

    assert [kept.write("one"), kept.write("two")] == [True, True]
    (file,) = tmp_path.iterdir()
    assert (kept.read(), file.stat().st_mode & 0o777) == ("two", 0o600)
    kept.forget()
    assert (kept.read(), list(tmp_path.iterdir())) == (None, [])


def test_what_no_folder_takes_is_said(tmp_path: Path) -> None:
    kept = UnwrittenFile("leakguard.db", [tmp_path / "missing"])

    assert (kept.write("one"), kept.read()) == (False, None)


def test_a_link_that_somebody_put_there_is_neither_read_nor_followed(tmp_path: Path) -> None:
    """Whoever could plant it would decide which alerts count as sent, or which file is overwritten."""
    folder = tmp_path / "shared"
    folder.mkdir()
    kept = UnwrittenFile("leakguard.db", [folder])
    kept.write("mine")
    (file,) = folder.iterdir()
    file.unlink()
    other = tmp_path / "other"
    other.write_text("planted", encoding="utf-8")
    file.symlink_to(other)

    assert kept.read() is None
    assert kept.write("mine")
    assert (kept.read(), other.read_text("utf-8")) == ("mine", "planted")


def test_stores_do_not_share_one(tmp_path: Path) -> None:
    UnwrittenFile(str(tmp_path / "a.db"), [tmp_path]).write("a")

    assert UnwrittenFile(str(tmp_path / "b.db"), [tmp_path]).read() is None
