"""What a PDF says, and where on its page, as another reader of PDF finds it."""

from __future__ import annotations

from pypdf import PageObject


def placed(page: PageObject) -> list[tuple[str, tuple[float, float]]]:
    """Each piece of text with its place in millimetres from the left and the top edge of A4."""
    found: list[tuple[str, tuple[float, float]]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        across, up = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
        found.append((text, (across * 25.4 / 72, 297 - up * 25.4 / 72)))

    page.extract_text(visitor_text=visit)
    return found


def words(text: str) -> str:
    """A text without spaces, which PDF places as it likes."""
    return "".join(text.split())
