"""What is seen of a scan while it runs: a live view, a line a minute, a line of JSON a second, or nothing.

Nothing here is computed for each endpoint: the engine tells the state a few times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from leakguard.models.findings import Finding
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.outputs.progress import picture, progress_json
from leakguard.ports import Progress

if TYPE_CHECKING:
    from rich.console import Console

    from leakguard.cli.options import Context


MODES = ("auto", "live", "line", "json", "none")
LINE_EVERY_SECONDS = 60.0
JSON_EVERY_SECONDS = 1.0
Say = Callable[[str], None]


class NoProgress:
    """For scripts: says nothing."""

    def started(self, total: int) -> None:
        """Nothing."""

    def bound(self, limit: BindingLimit) -> None:
        """Nothing."""

    def found(self, finding: Finding) -> None:
        """Nothing."""

    def moved(self, state: ScanState) -> None:
        """Nothing."""

    def finished(self) -> None:
        """Nothing."""


class LineProgress(NoProgress):
    """A line now and then, for a log; a scan that is shorter says nothing."""

    def __init__(self, say: Say, words: Callable[[ScanState], str], *, every: float = LINE_EVERY_SECONDS) -> None:
        self._say = say
        self._words = words
        self._every = every
        self._due = every

    def moved(self, state: ScanState) -> None:
        """Say how it stands when a line is due."""
        if state.elapsed_seconds >= self._due:
            self._due = state.elapsed_seconds + self._every
            self._say(self._words(state))


class JsonProgress(NoProgress):
    """One object (`leakguard.progress/1`) a line, at most one a second and one at the end."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._due = 0.0
        self._last: ScanState | None = None

    def moved(self, state: ScanState) -> None:
        """Say how it stands when a line is due."""
        self._last = state
        if state.elapsed_seconds >= self._due:
            self._due = state.elapsed_seconds + JSON_EVERY_SECONDS
            self._say(progress_json(state, is_finished=False))

    def finished(self) -> None:
        """Say how it ended."""
        if self._last is not None:
            self._say(progress_json(self._last, is_finished=True))


class SeveralProgress:
    """All of them."""

    def __init__(self, parts: Sequence[Progress]) -> None:
        self._parts = tuple(parts)

    def started(self, total: int) -> None:
        """Tell each."""
        for part in self._parts:
            part.started(total)

    def bound(self, limit: BindingLimit) -> None:
        """Tell each."""
        for part in self._parts:
            part.bound(limit)

    def found(self, finding: Finding) -> None:
        """Tell each."""
        for part in self._parts:
            part.found(finding)

    def moved(self, state: ScanState) -> None:
        """Tell each."""
        for part in self._parts:
            part.moved(state)

    def finished(self) -> None:
        """Tell each."""
        for part in self._parts:
            part.finished()


def progress_for(context: Context, mode: str = "auto") -> Progress:
    """What was asked for; by itself a live view on a terminal, a line a minute elsewhere, nothing with `--quiet`."""
    from leakguard.outputs.progress import state_line  # noqa: PLC0415  (`--help` must not load it)

    if mode == "auto":
        mode = "none" if context.quiet else "live" if _can_be_drawn_on(context) else "line"
    if mode == "live":
        return LiveProgress(context.live)
    if mode == "none":
        return NoProgress()
    return JsonProgress(_to_stderr) if mode == "json" else LineProgress(_to_stderr, state_line)


def _can_be_drawn_on(context: Context) -> bool:
    """A terminal that only takes lines would show nothing of a live view, and so nothing for hours."""
    return context.is_watched and not context.notes.is_dumb_terminal


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


class LiveProgress:
    """A few lines that are drawn anew whenever the engine tells the state, and taken away at the end."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live  # noqa: PLC0415  (a log has no use for it)

        self._live = Live(console=console, auto_refresh=False, transient=True)

    def started(self, total: int) -> None:
        """Show the view."""
        self._live.start()
        self.moved(ScanState(planned=total, done=0))

    def bound(self, limit: BindingLimit) -> None:
        """Nothing: every state has it."""

    def found(self, finding: Finding) -> None:
        """Nothing: the next state counts it."""

    def moved(self, state: ScanState) -> None:
        """Draw the state."""
        self._live.update(picture(state), refresh=True)

    def finished(self) -> None:
        """Take the view away."""
        self._live.stop()
