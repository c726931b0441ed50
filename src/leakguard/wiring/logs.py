"""Starts and ends the log of a command: where it goes, in which form, and what every event carries."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import TextIOBase, TextIOWrapper
from secrets import token_hex
from typing import TextIO, cast

from leakguard.errors import ExitCode, UsageProblem
from leakguard.frozen import Frozen
from leakguard.logs import INFO, Value, log
from leakguard.logs.output import CONSOLE, Form, LogWriter
from leakguard.models.file_modes import Output, mode_of
from leakguard.wiring.machine import SystemTime

_OWN_LINE = re.compile(rb'\{"|<[0-7]>|[0-9]{4}-[0-9]{2}-[0-9]{2}T|\x1b\[')
"""How a line of a log begins; a file that begins otherwise is no log, and nothing is appended to it."""
_OTHER_FILE = "Name a new file, or one that holds a log of LeakGuard."


class LogChoice(Frozen):
    """What somebody asked for; empty texts are the defaults."""

    level: str = ""
    format: str = ""
    file: str = ""

    def __bool__(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.level or self.format or self.file)


class RunningLog(Frozen):
    """The log of a command that has begun."""

    writer: LogWriter
    began: float
    """Seconds of a clock that only grows."""
    monotonic: Callable[[], float]

    def end(self, code: int) -> None:
        """Log the exit code and how long it took, and let go of the file."""
        seconds = self.monotonic() - self.began
        ended = log.error if code == ExitCode.BUG else log.info
        ended("command_ended", exit_code=code, seconds=seconds)
        log.to(None)
        self.writer.close()


def begin_log(choice: LogChoice, *, command: str, has_colours: bool) -> RunningLog:
    """Log from now on; raises `UsageProblem` for a file that cannot be written or is no log."""
    stream = cast("TextIO", FollowedLog(choice.file)) if choice.file else sys.stderr  # it has all that a log asks for
    is_journal = not choice.file and is_to_journal(os.environ)
    form = Form(
        level=choice.level or INFO, format=choice.format or CONSOLE, is_journal=is_journal,
        has_colours=has_colours and not is_journal and stream.isatty(),
    )  # fmt: skip
    writer = LogWriter(stream, form, now=SystemTime().now, always=_always(command))
    log.to(writer)
    log.info("command_started")
    return RunningLog(writer=writer, began=time.monotonic(), monotonic=time.monotonic)


class FollowedLog(TextIOBase):
    """A log file by its name: where a rotation moved or removed it, the next line goes to a new file of that name."""

    def __init__(self, path: str) -> None:
        """Raises `UsageProblem` as `open_log` does."""
        super().__init__()
        self._path = os.path.abspath(path)  # noqa: PTH100  (a command may change its folder, and a link stays a link)
        self._open(open_log(path))

    def write(self, text: str) -> int:
        """Write to the file that has the name now; raises `OSError` where none can be had."""
        if self._is_moved():
            try:
                fresh = open_log(self._path)
            except UsageProblem as problem:
                raise OSError(str(problem)) from problem
            self._stream.close()
            self._open(fresh)
        return self._stream.write(text)

    def flush(self) -> None:
        """Hand what was written to the system."""
        if not self.closed:
            self._stream.flush()

    def close(self) -> None:
        """Close the file; what a full disk does not take raises `OSError`."""
        super().close()
        self._stream.close()

    def isatty(self) -> bool:
        """Whether the file is a terminal."""
        return self._stream.isatty()

    def _open(self, stream: TextIO) -> None:
        self._stream = stream
        self._seen = _identity(os.fstat(stream.fileno()))

    def _is_moved(self) -> bool:
        try:
            return _identity(os.stat(self._path)) != self._seen  # noqa: PTH116  (once a line)
        except OSError:
            return True


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _always(command: str) -> Mapping[str, Value]:
    """The user is told by number: names of users are often names of persons."""
    named: Mapping[str, Value] = {"command": command} if command else {}
    return {**named, "request_id": token_hex(4), "actor": f"uid:{os.getuid()}"}


def is_to_journal(environment: Mapping[str, str]) -> bool:
    """Whether stderr is the journal's: systemd names its device and inode, which a redirected stream does not have."""
    with suppress(OSError, ValueError):
        found = os.fstat(sys.stderr.fileno())
        return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"
    return False


def open_log(path: str) -> TextIO:
    """The file, for its owner alone where it is new, at its end; raises `UsageProblem`."""
    try:
        number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY, mode_of(Output.LOG))
        try:
            begin = os.pread(number, 16, 0)
        except OSError:
            os.close(number)
            raise
    except OSError as error:
        raise UsageProblem(
            f"the log {path} cannot be written: {error.strerror}", next_step="Choose another place with --log-file."
        ) from error
    if begin and not _OWN_LINE.match(begin):
        os.close(number)
        raise UsageProblem(f"{path} exists and holds no log, so nothing is appended to it", next_step=_OTHER_FILE)
    return TextIOWrapper(open(number, "wb"), encoding="utf-8", write_through=False)  # noqa: PTH123  (until `end`)
