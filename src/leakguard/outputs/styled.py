"""Text with styles, put together without rich, which only a terminal needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from rich.text import Text

    Piece = tuple[str, str]
    """A text and its style; empty for none."""


class StyledText(Frozen):
    """Pieces one behind the other."""

    pieces: tuple[Piece, ...]

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.pieces)

    def as_text(self) -> Text:
        """As rich prints it."""
        from rich.text import Text  # noqa: PLC0415  (most output goes into a pipe or a file)

        return Text.assemble(*self.pieces)
