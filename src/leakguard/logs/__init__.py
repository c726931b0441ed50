"""Logs: what LeakGuard did, as log events with fields, for the people and programs that run it.

A log event is a line of the log, not an event of an incident. Of findings it has ids, check names, outcomes and counts
alone, never what a host said.

May import `errors` and `frozen`, and structlog.
Never logs what `fields`, the one register, does not admit: no word of a host, no name of a person, no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Value = str | int | float | bool
"""What a field may hold."""
DEBUG, INFO, WARNING, ERROR = "debug", "info", "warning", "error"
LEVELS = (DEBUG, INFO, WARNING, ERROR)


class Writer(Protocol):
    """Where events go; `output.LogWriter` is the one of real runs."""

    def write(self, level: str, event: str, fields: Mapping[str, Value]) -> None:
        """Write one event; never raises for a disk or a pipe that fails."""

    def bound(self, fields: Mapping[str, Value]) -> AbstractContextManager[object]:
        """Every event of this thread or task has these fields until the block is left."""


class Log:
    """What the other packages log with: `log.info("target_judged", check_id="redis_open", outcome="exposed")`."""

    def __init__(self) -> None:
        self._writer: Writer | None = None

    @property
    def is_on(self) -> bool:
        """Whether somebody asked for logs."""
        return self._writer is not None

    def to(self, writer: Writer | None) -> None:
        """Log there from now on; `None` ends it."""
        self._writer = writer

    def debug(self, event: str, **fields: Value) -> None:
        """What only helps to understand a run in detail."""
        self._write(DEBUG, event, fields)

    def info(self, event: str, **fields: Value) -> None:
        """What happened as it should."""
        self._write(INFO, event, fields)

    def warning(self, event: str, **fields: Value) -> None:
        """What somebody should look at, while the work goes on."""
        self._write(WARNING, event, fields)

    def error(self, event: str, **fields: Value) -> None:
        """What did not reach its end."""
        self._write(ERROR, event, fields)

    def bound(self, **fields: Value) -> AbstractContextManager[object]:
        """Every event inside the block has these fields too: `with log.bound(run=run): ...`."""
        return nullcontext() if self._writer is None else self._writer.bound(fields)

    def _write(self, level: str, event: str, fields: Mapping[str, Value]) -> None:
        if self._writer is not None:
            self._writer.write(level, event, fields)


log = Log()
"""The log of this process. A process logs to one place; threads and tasks bind fields of their own."""
