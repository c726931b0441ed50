"""Secrets as files: a folder with one file for each variable, as containers and systemd hand secrets over."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import read_text, unreadable

FOLDER = "LEAKGUARD_SECRETS"
"""The variable that names the folder."""
MOST_BYTES = 64 * 1024
"""Of one secret."""
_NAMES = re.compile(r"LEAKGUARD_[A-Z0-9_]{1,100}|PGPASSWORD", re.ASCII)
"""What may be set so; the last one is read by the driver of PostgreSQL. Nothing else that lies there is read."""


def take_in_secrets(environment: MutableMapping[str, str]) -> None:
    """Set each variable that has a file in the folder, unless it is set to something; raises `BadFile`.

    The folder is then forgotten: a process that we start gets what we hand it, and does not read the folder again.
    """
    folder = environment.pop(FOLDER, "")
    if not folder:
        return
    try:
        names = sorted(path.name for path in Path(folder).iterdir() if _NAMES.fullmatch(path.name))
    except OSError as error:
        raise unreadable(folder, error) from error
    for name in names:
        text = read_text(Path(folder) / name, most=MOST_BYTES).removesuffix("\n")
        if "\n" in text:
            raise BadFile.whole(f"{folder}/{name}", "has more than one line, and a secret has one")
        if not environment.get(name):
            environment[name] = text
