"""The program's own stdout on a descriptor of a test, so that what it does when it cannot be written can be seen."""

from __future__ import annotations

import os
from typing import TextIO

from leakguard.cli import streams


def stdout_on(number: int) -> TextIO:
    """As `secure_streams` makes it, which takes the descriptor of the process alone."""
    with os.fdopen(number, "w", encoding="utf-8", closefd=False) as plain:
        return streams._over(plain, streams._Results)  # noqa: SLF001  (as above)
