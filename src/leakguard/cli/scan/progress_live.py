"""The live view of a scan on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.live import Live

from leakguard.models.findings import Finding
from leakguard.models.scan_state import BindingLimit, ScanState
from leakguard.outputs.progress import picture


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
