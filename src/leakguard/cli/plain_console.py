"""The console that tables and remarks are printed on; rich is loaded with it, so it is imported when one is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from leakguard.outputs.terminal import Table, page, painted


class PlainConsole(Console):
    """A console to which every text is a text: `[red]` is no style, and `::a:1` in an address of IPv6 no picture.

    A text is laid out for the width: broken between words alone, and a command in it stays whole. What goes into a pipe
    or a file keeps its lines.
    """

    def __init__(self, repeat: Callable[[str], str], *, lays_out: bool = False, **options: Any) -> None:  # noqa: ANN401  (rich's own)
        """`repeat` says how a text that names a command is printed here; see `Context.repeating`."""
        super().__init__(highlight=False, markup=False, emoji=False, **options)
        self._repeat = repeat
        self._lays_out = lays_out

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401  (rich's own)
        """Print as rich does."""
        if all(isinstance(printed, str | Text | Table) for printed in objects):
            options.setdefault("soft_wrap", True)
        super().print(
            *(self._laid_out(printed) if isinstance(printed, str) else printed for printed in objects), **options
        )

    def _laid_out(self, text: str) -> Text:
        repeated = self._repeat(text)
        return painted(page(repeated, self.width) if self._lays_out else repeated)
