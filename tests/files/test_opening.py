"""A file that a person names is opened by one function: by its kind, within bounds, and named in every refusal."""

from __future__ import annotations

import errno
import gzip
import io
import os
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files.opening import FREE_BYTES, MOST_RATIO, open_file, open_unpacked, read_bytes, read_text
from support.examples import examples

ZEROES = Path("/dev/zero")


def refusal(path: str | Path) -> str:
    with pytest.raises(BadFile) as refused:
        read_text(path, most=1000)
    assert str(path) in str(refused.value)
    assert refused.value.next_step
    return str(refused.value)


def test_a_named_pipe_is_refused_at_once_though_nobody_writes_into_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "is a named pipe" in refusal(tmp_path / "pipe")


def test_a_link_to_a_named_pipe_is_refused_as_well(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")

    assert "is a named pipe" in refusal(tmp_path / "link")


def test_a_device_a_folder_and_a_socket_are_refused_by_their_kind(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))

        assert "is a device" in refusal(ZEROES)
        assert "is a directory" in refusal(tmp_path)
        assert "is a socket" in refusal(tmp_path / "socket")


def test_what_is_not_there_and_links_in_a_circle_are_told_in_the_words_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")

    assert "No such file" in refusal(tmp_path / "gone")
    assert "Too many levels of symbolic links" in refusal(tmp_path / "one")
    assert "is no name of a file" in refusal("a\0b")


def test_a_file_of_somebody_else_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (tmp_path / "theirs").touch()
    monkeypatch.setattr("os.open", denied)  # root, who may run this, may read everything

    assert "Permission denied" in refusal(tmp_path / "theirs")


def test_a_pipe_of_the_shell_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"scope: campus\n")
    os.close(writing)

    assert read_text(f"/dev/fd/{reading}") == "scope: campus\n"
    os.close(reading)


def test_a_slow_pipe_of_the_shell_is_waited_for() -> None:
    """It is opened without waiting, and then read as anything else is."""
    reading, writing = os.pipe()
    started = threading.Event()

    def write() -> None:
        started.wait(60)
        os.write(writing, b"late")
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    handle = open_file(f"/dev/fd/{reading}")
    started.set()

    assert handle.read() == b"late"
    writer.join()
    handle.close()
    os.close(reading)


def test_a_file_is_read_up_to_its_cap_and_no_byte_further(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1001)

    assert read_bytes(tmp_path / "file", most=1001) == b"x" * 1001
    assert "longer than 1,000 bytes" in refusal(tmp_path / "file")


def test_a_device_handed_over_as_stdin_is_read_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    with ZEROES.open("rb") as zeroes:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(zeroes))
        handle = open_file("-", most=1 << 20)
        with pytest.raises(BadFile, match=r"-: 1 problem\n  longer than 1,048,576 bytes"):
            handle.read()

        assert handle.raw.count == (1 << 20) + 1  # type: ignore[attr-defined]


def test_a_file_that_grows_while_it_is_read_ends_at_the_cap(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 10)
    with open_file(tmp_path / "log", most=15) as handle:
        (tmp_path / "log").write_bytes(b"x" * 100)
        with pytest.raises(BadFile, match="longer than 15 bytes"):
            handle.read()


@pytest.mark.parametrize(
    ("data", "said"),
    [("scope: ü".encode("latin-1"), "not UTF-8 text"), ("scope: x".encode("utf-16"), "save it as UTF-8"),
     (gzip.compress(b"scope: x", mtime=0), "packed with gzip"), (b"PK\x03\x04\xff", "zip archive"),
     (b"one\ntwo\0", "line 2: holds a NUL byte")],
)  # fmt: skip
def test_what_is_no_text_is_told_as_what_it_is(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "file").write_bytes(data)

    assert said in refusal(tmp_path / "file")


def test_the_mark_of_a_windows_editor_and_its_line_ends_are_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")

    assert read_text(tmp_path / "file") == "one\ntwo\nthree\n"


@examples(30)
@given(st.binary(max_size=300))
def test_any_bytes_are_the_text_that_python_reads_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(data)
    try:
        expected: str | None = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        expected = None
    if expected is None or "\0" in expected:
        refusal(path)
    else:
        assert read_text(path) == expected


def test_a_packed_file_may_unpack_to_a_hundred_times_its_length_and_no_further(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\n" * (FREE_BYTES + (1 << 20)), 9)
    (tmp_path / "bomb.gz").write_bytes(bomb)
    assert len(bomb) * MOST_RATIO < FREE_BYTES

    with open_unpacked(tmp_path / "bomb.gz", most=1 << 40) as handle:
        with pytest.raises(BadFile, match=f"unpacks to more than {FREE_BYTES:,} bytes"):
            handle.read()

        assert handle.raw.count == FREE_BYTES + 1  # type: ignore[attr-defined]


def test_a_file_that_packs_well_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.files.opening.FREE_BYTES", 100)
    lines = b"".join(b'{"ip": "10.0.%d.%d", "port": 9200}\n' % divmod(number, 256) for number in range(10_000))
    (tmp_path / "hosts.gz").write_bytes(gzip.compress(lines))

    with open_unpacked(tmp_path / "hosts.gz", most=1 << 30) as handle:
        assert handle.read() == lines


def test_a_packed_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(1000))
    for name, data in (("short", packed[:500]), ("changed", packed[:300] + b"\0\0\0\0" + packed[304:])):
        (tmp_path / name).write_bytes(data)
        with open_unpacked(tmp_path / name, most=1 << 20) as handle, pytest.raises(BadFile, match="to its end"):
            handle.read()


def test_a_disk_is_evidence_like_a_file_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")

    with open_file(tmp_path / "file", is_disk_allowed=True) as handle:
        assert handle.read() == b"x"
    with pytest.raises(BadFile, match="is a device"):
        open_file(ZEROES, is_disk_allowed=True)


def test_a_file_that_fails_while_it_is_read_is_named(tmp_path: Path) -> None:
    """A disk may fail in the middle; the kernel's own file of this process's memory has nothing at its begin."""
    (tmp_path / "disk").symlink_to("/proc/self/mem")

    assert "Input/output error" in refusal(tmp_path / "disk")


def test_a_file_that_becomes_a_pipe_between_the_look_and_the_opening_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    regular = os.stat(tmp_path / "file")  # noqa: PTH116  (what is put in its place)
    monkeypatch.setattr(os, "stat", lambda *_, **__: regular)

    with pytest.raises(BadFile, match="is a named pipe"):
        open_file(tmp_path / "pipe")
