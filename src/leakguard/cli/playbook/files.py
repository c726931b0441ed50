"""Which playbook a person means: a file of their own, or one that ships."""

from __future__ import annotations

from pathlib import Path

from leakguard.cli.options import Context, read_text
from leakguard.use_cases.responses.playbooks import PlaybookFile, find_file, read_playbook


def playbook_file(context: Context, name: str) -> PlaybookFile:
    """The file of this name where there is one (`-` is stdin), else the playbook that ships under it.

    Raises `BadFile`, and `NotFound` with the nearest name.
    """
    if name == "-" or Path(name).is_file():
        return read_playbook(read_text(name), name=name)
    return find_file(context.wiring.bundled, name)
