"""A file that the user named changes in one step; what is no file, a link or a narrow mode stays what it is."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from leakguard.cli.replacing import held, replacing, try_place
from leakguard.cli.writing import replace_by_parts, replace_bytes, replace_chunks, replace_file, write_new_file
from leakguard.errors import FileLost, NotAllowed, UsageProblem
from support.full_disk import no_room
from support.programs import with_our_path

Write = Callable[[Path, str], None]
WRITERS: dict[str, Write] = {
    "bytes": lambda path, text: replace_bytes(str(path), text.encode()),
    "file": lambda path, text: replace_file(str(path), text),
    "parts": lambda path, text: replace_by_parts(path, [text]),
    "chunks": lambda path, text: replace_chunks(str(path), [text.encode()]),
}


@pytest.fixture(params=list(WRITERS.values()), ids=list(WRITERS))
def write(request: pytest.FixtureRequest) -> Write:
    found: Write = request.param
    return found


def test_a_named_pipe_is_written_to_and_stays_one(write: Write, tmp_path: Path) -> None:
    """So does a device: root who writes to `/dev/null` must not turn it into a file for everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()

    write(pipe, "new")

    assert pipe.is_fifo()
    reader.join(timeout=30)
    assert got == ["new"]


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(write: Write, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/real")

    for text in ("first", "second"):
        write(tmp_path / "link", text)

        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "folder" / "real").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_keeps_its_mode(write: Write, mode: int, tmp_path: Path) -> None:
    """A report that only its owner may read stays so when it is written anew."""
    path = tmp_path / "report"
    path.write_text("old", encoding="utf-8")
    path.chmod(mode)

    write(path, "new")

    assert (stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="utf-8")) == (mode, "new")


def test_what_is_not_finished_is_never_seen_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old", encoding="utf-8")

    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_chunks(str(path), breaking())

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_that_write_at_once_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report"
    with replacing(path) as ours:
        ours.write(b"ours, and longer")
        monkeypatch.setattr(os, "getpid", lambda: 1)
        replace_bytes(str(path), b"theirs")
        monkeypatch.undo()
        assert path.read_bytes() == b"theirs"

    assert path.read_bytes() == b"ours, and longer"
    assert list(tmp_path.iterdir()) == [path]


def test_the_part_of_a_killed_process_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".report.{os.getpid()}.part").symlink_to(tmp_path / "precious")

    replace_bytes(str(tmp_path / "report"), b"new")

    assert [each.name for each in tmp_path.iterdir()] == ["report"]


WRITER = """
import sys
from pathlib import Path
from leakguard.cli.replacing import replacing

with replacing(Path(sys.argv[1])) as handle:
    handle.write(b"theirs")
    handle.flush()
    print("begun", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is in the middle of writing to `path`, until its input ends."""
    command = [sys.executable, "-c", WRITER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, env=with_our_path(), stdin=pipe, stdout=pipe) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"
        yield writer


@pytest.mark.parametrize("do", [try_place, lambda path: replace_bytes(str(path), b"new")], ids=["try", "write"])
def test_what_processes_left_that_were_killed_is_taken_away_by_the_next(
    do: Callable[[Path], None], tmp_path: Path
) -> None:
    """Each had its own name, so half a report lay beside the report for good, however often it was written anew."""
    path = tmp_path / "report"
    path.write_text("old", encoding="utf-8")
    with another_writer(path) as first, another_writer(path) as second:
        first.kill()
        second.kill()
    assert len(list(tmp_path.iterdir())) == 3

    do(path)

    assert [each.name for each in tmp_path.iterdir()] == ["report"]


def test_what_a_living_process_writes_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "report"
    with another_writer(path) as writer:
        replace_bytes(str(path), b"ours")
        assert path.read_bytes() == b"ours"
        writer.communicate()

    assert writer.returncode == 0
    assert path.read_bytes() == b"theirs"
    assert [each.name for each in tmp_path.iterdir()] == ["report"]


def test_what_is_no_part_of_ours_stays(tmp_path: Path) -> None:
    """Half of another report too: its name tells whose it is."""
    for name in (".report.1.part.old", ".report..part", ".report.1a.part", "report.1.part", ".reports.1.part"):
        (tmp_path / name).write_bytes(b"theirs")
    (tmp_path / ".report.1.part").symlink_to(tmp_path / "report.1.part")
    (tmp_path / ".report.2.part").mkdir()
    before = {each.name for each in tmp_path.iterdir()}

    replace_bytes(str(tmp_path / "report"), b"new")

    assert {each.name for each in tmp_path.iterdir()} == before | {"report"}


def test_a_part_that_was_taken_for_a_dead_ones_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the moment in which it is there and the one in which it is locked, another process may clear it."""
    taken: list[Path] = []

    def late(*_: object) -> None:
        if not taken:
            taken.extend(tmp_path.glob(".*.part"))
            taken[0].unlink()

    monkeypatch.setattr("fcntl.flock", late)

    replace_bytes(str(tmp_path / "report"), b"new")

    assert taken
    assert (tmp_path / "report").read_bytes() == b"new"


def test_on_a_disk_without_locks_nobody_knows_who_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".report.1.part").write_bytes(b"perhaps alive")

    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", unknown)

    replace_bytes(str(tmp_path / "report"), b"new")

    assert {each.name for each in tmp_path.iterdir()} == {"report", ".report.1.part"}


def test_a_name_may_be_as_long_as_the_disk_allows(write: Write, tmp_path: Path) -> None:
    write(tmp_path / ("n" * 255), "new")

    with pytest.raises((OSError, UsageProblem)):
        write(tmp_path / ("n" * 256), "new")


@pytest.mark.parametrize("place", ["nowhere/report", "."])
def test_a_place_is_tried_before_there_is_anything_to_write(place: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        try_place(tmp_path / place)


def test_to_try_a_place_leaves_it_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")

    for name in ("new", "old", "pipe"):
        try_place(tmp_path / name)

    assert (tmp_path / "old").read_text(encoding="utf-8") == "old"
    assert {each.name for each in tmp_path.iterdir()} == {"old", "pipe"}


def test_who_adds_to_a_file_waits_for_whoever_does_so_already(tmp_path: Path) -> None:
    """Each read the same file, and the last one to replace it took away what the others had been told was added."""
    path, waits = tmp_path / "scope.yaml", [0.0]
    path.write_text("", encoding="utf-8")
    has_begun, may_go_on = threading.Event(), threading.Event()

    def first() -> None:
        with held(path, waits.append):
            text = path.read_text(encoding="utf-8")
            has_begun.set()
            may_go_on.wait(30)
            replace_file(str(path), text + "exclude\n")

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        may_go_on.set()
        thread.join(30)

    thread = threading.Thread(target=first)
    thread.start()
    has_begun.wait(30)
    with held(path, sleep):
        replace_file(str(path), path.read_text(encoding="utf-8") + "include\n")

    assert path.read_text(encoding="utf-8") == "exclude\ninclude\n"
    assert len(waits) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["scope.yaml"]


def test_a_file_that_another_process_never_lets_go_of_is_told(tmp_path: Path) -> None:
    waited: list[float] = []

    with held(tmp_path / "a", waited.append), pytest.raises(NotAllowed, match="is being changed by another process"):  # noqa: SIM117  (the outer one holds it)
        with held(tmp_path / "b", waited.append):
            pass

    assert sum(waited) == pytest.approx(30)


def test_a_file_in_no_folder_is_left_to_whoever_reads_it(tmp_path: Path) -> None:
    with held(tmp_path / "nowhere" / "scope.yaml", lambda _: None):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_locks_is_written_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", unknown)

    with held(tmp_path / "scope.yaml", lambda _: None):
        replace_file(str(tmp_path / "scope.yaml"), "scope: x\n")

    assert (tmp_path / "scope.yaml").read_text(encoding="utf-8") == "scope: x\n"


def test_a_disk_without_room_is_no_mistake_of_the_user_and_leaves_the_old_file(write: Write, tmp_path: Path) -> None:
    """It ends with 3, as a store does whose disk is full; a script takes 2 for a command that makes no sense."""
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")

    with no_room(), pytest.raises((FileLost, OSError)) as lost:
        write(path, "new")

    assert getattr(lost.value, "exit_code", 3) == 3
    assert {each.name: each.read_text(encoding="utf-8") for each in tmp_path.iterdir()} == {"report.html": "old"}


def test_a_new_file_that_finds_no_room_is_not_there(tmp_path: Path) -> None:
    """Half of one would stand in the way of the next attempt, which replaces none."""
    path = tmp_path / "scope.yaml"

    with no_room(), pytest.raises(FileLost, match="cannot be written: File too large"):
        write_new_file(path, "scope: x\n")
    assert not path.exists()
    write_new_file(path, "scope: x\n")

    assert path.read_text(encoding="utf-8") == "scope: x\n"
