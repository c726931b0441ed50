"""What a person sees while a scan runs: a bar on a terminal, silence elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leakguard.models.findings import Finding, Outcome
from leakguard.models.targets import Endpoint
from leakguard.ports import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from leakguard.cli.options import Context

_OPEN = (Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED)


class NoProgress:
    """For scripts: says nothing."""

    def started(self, total: int) -> None:
        """Nothing."""

    def advanced(self, endpoint: Endpoint, findings: Sequence[Finding]) -> None:
        """Nothing."""

    def finished(self) -> None:
        """Nothing."""


class BarProgress:
    """A bar with the number of open datastores found so far."""

    def __init__(self, bar: RichProgress) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._open = 0

    def started(self, total: int) -> None:
        """Show the bar."""
        self._bar.start()
        self._task = self._bar.add_task("scanning", total=total)

    def advanced(self, endpoint: Endpoint, findings: Sequence[Finding]) -> None:  # noqa: ARG002  (the port's signature)
        """One endpoint more."""
        self._open += sum(finding.verdict.outcome in _OPEN for finding in findings)
        if self._task is not None:
            self._bar.update(self._task, advance=1, description=f"{self._open} open")

    def finished(self) -> None:
        """Take the bar away."""
        self._bar.stop()


def progress_for(context: Context) -> Progress:
    """A bar when stderr is a terminal and nobody asked for quiet."""
    if context.quiet or not context.notes.is_terminal:
        return NoProgress()
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415  (loaded when it is first asked for)
    from rich.progress import Progress as RichProgress  # noqa: PLC0415  (`--help` must not load it)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return BarProgress(RichProgress(*columns, console=context.notes, transient=True))
