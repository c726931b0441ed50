"""The console that tables and remarks are printed on; rich is loaded with it, so it is imported when one is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console


class PlainConsole(Console):
    """A console to which every text is a text: `[red]` is no style, and `::a:1` in an address of IPv6 no picture."""

    def __init__(self, told: Callable[[str], str], **options: Any) -> None:  # noqa: ANN401  (rich's own)
        """`told` says how a text is told here; see `Context.repeating`."""
        super().__init__(highlight=False, markup=False, emoji=False, **options)
        self._told = told

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401  (rich's own)
        """Print as rich does."""
        super().print(*(self._told(one) if isinstance(one, str) else one for one in objects), **options)
