"""Runs every test with a log at its lowest level, in both formats: no log may hold a canary that a test plants."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from io import StringIO

from leakguard.logs import DEBUG, Value, log
from leakguard.logs.output import CONSOLE, JSON, Form, LogWriter

CANARIES = ("canary", "invented-person", "quimby")
"""How everything begins that tests plant as a secret, a name or a record, in small letters."""
AT = datetime(2026, 11, 24, tzinfo=UTC)


class Everything:
    """A log in memory; implements `leakguard.logs.Writer`."""

    def __init__(self) -> None:
        self._stream = StringIO()

    @cached_property
    def _writers(self) -> list[LogWriter]:
        """Made for the first event: most tests log none."""
        forms = (Form(level=DEBUG, format=JSON), Form(level=DEBUG, format=CONSOLE))
        return [LogWriter(self._stream, form, now=lambda: AT, always={}) for form in forms]

    def write(self, level: str, event: str, fields: Mapping[str, Value]) -> None:
        """Write it in both formats."""
        for writer in self._writers:
            writer.write(level, event, fields)

    def bound(self, fields: Mapping[str, Value]) -> AbstractContextManager[object]:
        """As every writer."""
        return self._writers[0].bound(fields)

    @property
    def text(self) -> str:
        """All that was logged."""
        return self._stream.getvalue()

    def planted(self) -> list[str]:
        """The lines that hold a canary."""
        return [line for line in self.text.splitlines() if any(word in line.lower() for word in CANARIES)]


def log_everything() -> Everything | None:
    """From now on; nothing where a test has a log of its own. A command that is told to log elsewhere ends it."""
    if log.is_on:
        return None
    everything = Everything()
    log.to(everything)
    return everything


def log_nothing() -> None:
    """As commands do unless they are told."""
    log.to(None)
