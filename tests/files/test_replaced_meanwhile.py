"""What is done where a file is not what it was a moment ago."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.files import replacing, yaml_entries


def test_a_part_that_its_writer_began_anew_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, other = tmp_path / "a.1.part", tmp_path / "b"
    part.touch()
    other.touch()
    found = other.stat()
    monkeypatch.setattr(os, "lstat", lambda _: found)
    replacing._unlink_dead(str(part))  # noqa: SLF001  (between two calls of the system)
    monkeypatch.undo()

    assert part.exists()


def test_an_edit_that_does_not_read_as_it_was_meant_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_entries._Splice, "put", lambda *_: "a: 1\n")  # noqa: SLF001  (an edit that goes wrong)

    assert yaml_entries.edited("a: 1\n", {("b",): 2}, name="facts").text == "a: 1\nb: 2\n"
