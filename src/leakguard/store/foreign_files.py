"""Whether a file that the settings name may be replaced: one that holds something else is somebody's."""

from __future__ import annotations

from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import is_missing, open_file


def foreign(path: Path, schema: str) -> str:
    """What stands there that is no file of `schema`, such as `leakguard.head/`; empty where it may be replaced.

    It may be where there is nothing, an empty file or an earlier one of its own. A device or a pipe is never replaced.
    """
    begin = f'{{"schema": "{schema}'.encode()
    try:
        with open_file(path) as file:
            found = file.read(len(begin))
    except BadFile as bad:
        return "" if is_missing(bad) else bad.problems[0].text
    return "" if found in (b"", begin) else "it holds something else"
