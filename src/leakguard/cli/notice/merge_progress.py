"""What is seen of a mail merge while it runs, on stderr: a bar, a line of JSON a second, or nothing. Counts alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from leakguard.use_cases.letters.merge_rows import Survey

if TYPE_CHECKING:
    from leakguard.cli.options import Context

MODES = ("auto", "json", "none")
EVERY_SECONDS = 1.0


class MergeProgress:
    """Says nothing but what a person should look at in the letters; a base for those that say more."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.total = 0

    def surveyed(self, found: Survey, remarks: Sequence[str]) -> None:
        """Print the remarks of the drafts, each once."""
        self.total = found.letters
        for remark in remarks:
            self._context.notes.print(f"Look at {remark}.")

    def moved(self, done: int) -> None:
        """Nothing."""

    def finished(self) -> None:
        """Nothing."""


class BarProgress(MergeProgress):
    """A bar on a terminal, taken away at the end."""

    def __init__(self, context: Context) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415  (loads rich's live view)

        super().__init__(context)
        columns = (TextColumn("letters"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=context.live, transient=True)
        self._open = ExitStack()
        self._task = self._bar.add_task("letters")

    def moved(self, done: int) -> None:
        """Draw how many there are."""
        if not self._bar.live.is_started:
            self._open.enter_context(self._bar)
        self._bar.update(self._task, total=self.total, completed=done)

    def finished(self) -> None:
        """Take the bar away."""
        self._open.close()


class JsonProgress(MergeProgress):
    """One object (`leakguard.letters-progress/1`) a line, at most one a second and one at the end."""

    def __init__(self, context: Context, monotonic: Callable[[], float]) -> None:
        super().__init__(context)
        self._monotonic = monotonic
        self._begun = monotonic()
        self._due = 0.0
        self._done = 0

    def moved(self, done: int) -> None:
        """Say how it stands when a line is due."""
        self._done, elapsed = done, self._monotonic() - self._begun
        if elapsed >= self._due:
            self._due = elapsed + EVERY_SECONDS
            self._say(is_finished=False)

    def finished(self) -> None:
        """Say how it ended."""
        self._say(is_finished=True)

    def _say(self, *, is_finished: bool) -> None:
        elapsed = round(self._monotonic() - self._begun, 3)
        document = {"schema": "leakguard.letters-progress/1", "finished": is_finished, "letters": self.total}
        click.echo(json.dumps({**document, "done": self._done, "elapsed_seconds": elapsed}), err=True)


def merge_progress(context: Context, mode: str) -> MergeProgress:
    """What was asked for; by itself a bar on a terminal, and nothing elsewhere or with `--quiet`."""
    if mode == "json":
        return JsonProgress(context, context.wiring.monotonic)
    is_seen = mode == "auto" and not context.quiet and context.notes.is_terminal
    return BarProgress(context) if is_seen else MergeProgress(context)
