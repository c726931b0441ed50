"""A channel that is a file: a line is there as a whole, or the sender is told that it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.channels.file import append_line
from leakguard.errors import ChannelFailed


def test_lines_stand_one_below_the_other_and_their_owner_alone_reads_them(tmp_path: Path) -> None:
    for line in ("one\n", "two 手机\n"):
        append_line("drill", tmp_path / "sent.jsonl", line)

    assert (tmp_path / "sent.jsonl").read_text(encoding="utf-8") == "one\ntwo 手机\n"
    assert (tmp_path / "sent.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_disk_that_takes_a_part_of_a_line_has_not_taken_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:3]))

    with pytest.raises(ChannelFailed, match="cannot be written"):
        append_line("drill", tmp_path / "sent.jsonl", "a whole line\n")
