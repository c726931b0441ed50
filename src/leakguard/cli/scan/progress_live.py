"""The live view of a scan on a terminal."""

from __future__ import annotations

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from leakguard.cli.scan.progress_words import bound_words, left_words, percent, rate_words, severity_words, slow_words
from leakguard.models.findings import Finding
from leakguard.models.scan_state import BindingLimit, ScanState


class LiveProgress:
    """A few lines that are drawn anew whenever the engine tells the state, and taken away at the end."""

    def __init__(self, console: Console) -> None:
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


def picture(state: ScanState) -> Group:
    """The view of one state: how far, how fast, what is open, what takes long."""
    head = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=max(1, state.planned), completed=min(state.done, max(1, state.planned)), width=32)
    head.add_row(
        bar, Text(f"{percent(state)} %"), Text(f"{state.done:,} of {state.planned:,}"), Text(left_words(state))
    )
    waiting = f"   {state.waiting:,} waiting" if state.waiting else ""
    pace = Text(f"{rate_words(state.rate_per_second)}/s   {state.in_flight:,} in flight{waiting}   ")
    pace.append(f"{state.open_found:,} open{severity_words(state)}", style="bold red" if state.open_found else "")
    slow = [Text(f"limit: {words}", style="dim") for words in bound_words(state)]
    slow += [Text(f"slow: {words}", style="dim") for words in slow_words(state)]
    return Group(head, pace, *slow)
