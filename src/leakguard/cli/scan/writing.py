"""Where the result of a scan goes: to stdout, or to the file that the user named."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from leakguard.cli.options import replace_by_parts
from leakguard.cli.refusals import unwritable


def write_result(parts: Iterable[str], output: str | None) -> None:
    """Write a result part by part to stdout, or to the file `output`, which changes in one step when all is written.

    Raises `UsageProblem` or `FileLost` when the file cannot be written; a reader who leaves is `cli.main`'s business.
    """
    if output is None or output == "-":
        sys.stdout.writelines(parts)
        sys.stdout.flush()
        return
    try:
        replace_by_parts(Path(output), parts)
    except OSError as error:
        raise unwritable(output, error) from error
