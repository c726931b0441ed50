"""Which playbook a person means: a file of their own, or one that ships."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.errors import NotFound
from leakguard.files.opening import read_text
from leakguard.use_cases.incidents.playbooks import PlaybookFile, find_file, read_playbook

if TYPE_CHECKING:
    from leakguard.cli.options import Context


_ENDINGS = (".yaml", ".yml")
"""What tells that a file is meant, also where there is none."""


def playbook_file(context: Context, name: str) -> PlaybookFile:
    """The file of this name where there is one (`-` is stdin), else the playbook that ships under it.

    Raises `BadFile`, and `NotFound` with the nearest name.
    """
    if name != "-" and (not Path(name).exists() or Path(name).is_dir()):
        try:
            return find_file(context.wiring.bundled, name)
        except NotFound:
            if not name.endswith(_ENDINGS):
                raise
    return read_playbook(read_text(name), name=name)
