"""A QR code as the parts of an inline SVG: no image, no style and no script, so the policy of our pages allows it."""

from __future__ import annotations

from itertools import groupby

from leakguard.frozen import Frozen

MOST = 800
"""Characters."""
QUIET = 4
"""Light modules around the code, as ISO/IEC 18004 asks for."""


class QrCode(Frozen, hidden=("path",)):
    """What a page draws; it holds whatever the text held."""

    side: int
    """Width and height in modules, with the quiet zone."""
    path: str
    """The dark modules, for the attribute `d` of a path that is stroked one module wide."""


def qr_code(text: str) -> QrCode | None:
    """The code of a short text, such as a link; `None` for one that is too long for a telephone's camera."""
    if len(text) > MOST:
        return None
    from segno import make_qr  # noqa: PLC0415  (one page draws one)

    rows = [bytes(row) for row in make_qr(text, error="m").matrix]
    runs = (run for at, row in enumerate(rows) for run in _dark(row, at))
    return QrCode(side=len(rows) + 2 * QUIET, path="".join(runs))


def _dark(row: bytes, at: int) -> list[str]:
    """Each run of dark modules of a row as a stroke along its middle."""
    found, begin = [], QUIET
    for is_dark, run in groupby(row):
        width = len(list(run))
        if is_dark:
            found.append(f"M{begin} {at + QUIET}.5h{width}")
        begin += width
    return found
