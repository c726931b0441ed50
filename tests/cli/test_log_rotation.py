"""A log file is rotated while commands write to it: nothing is lost, and each line stands in one file."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.fetch import Shelf, cache_folder
from leakguard.logs import log
from leakguard.wiring.logs import LogChoice, begin_log


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A log that was begun."""
    path = tmp_path / "leakguard.log"
    running = begin_log(LogChoice(format="json", file=str(path)), command="leakguard watchman run", has_colours=False)
    yield path
    running.end(0)


def logrotate() -> str:
    """The program; fails where it cannot be installed."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    if shutil.which("logrotate", path=path) is None:
        asyncio.run(Shelf(cache_folder()).debian("logrotate"))
    return str(shutil.which("logrotate", path=path))


def planned(path: Path) -> list[int]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [line["planned"] for line in lines if line["event"] == "run_started"]


def move(path: Path) -> None:
    path.rename(f"{path}.1")


def move_and_make_anew(path: Path) -> None:
    path.rename(f"{path}.1")
    path.touch(0o600)


def copy_and_truncate(path: Path) -> None:
    shutil.copyfile(path, f"{path}.1")
    os.truncate(path, 0)


@pytest.mark.parametrize("rotate", [move, move_and_make_anew, copy_and_truncate])
def test_each_event_stands_in_the_file_of_its_time(file: Path, rotate: Callable[[Path], None]) -> None:
    log.info("run_started", planned=1)
    rotate(file)
    log.info("run_started", planned=2)

    assert planned(Path(f"{file}.1")) == [1]
    assert planned(file) == [2]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_program_of_debian_rotates_it_with_its_defaults(file: Path, tmp_path: Path) -> None:
    program = logrotate()
    settings = tmp_path / "logrotate.conf"
    settings.write_text(f"{file} {{\n  rotate 3\n  create\n}}\n", encoding="utf-8")
    for number in range(3):
        log.info("run_started", planned=number)
        subprocess.run([program, "-f", "-s", str(tmp_path / "state"), str(settings)], check=True)
    log.info("run_started", planned=3)

    assert [planned(Path(f"{file}.{age}" if age else file)) for age in range(4)] == [[3], [2], [1], [0]]


def test_a_file_that_is_no_log_is_not_written_to_and_stops_no_command(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.unlink()
    file.write_text("somebody's notes\n", encoding="utf-8")

    log.info("run_started", planned=1)
    log.info("run_started", planned=2)

    assert file.read_text("utf-8") == "somebody's notes\n"
    assert capsys.readouterr().err.count("the log cannot be written any more") == 1
