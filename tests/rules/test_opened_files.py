"""Files that a person names are opened in one place; who else opens a file opens one of our own, and says which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

SOURCE = Path(__file__).parents[2] / "src/leakguard"
OWN = {
    "bundled/__init__.py": "the data that ships",
    "bundled/compiled_forms.py": "reads and writes a cache of its own",
    "channels/file.py": "writes what it is told",
    "cli/evidence/key.py": "makes a new key",
    "cli/main.py": "writes to /dev/null",
    "files/replacing.py": "replaces a file that it writes",
    "cli/streams.py": "leads nowhere",
    "cli/writing.py": "writes a new file",
    "files/opening.py": "the one place",
    "fleet/keys.py": "makes a new key",
    "parallel/tasks.py": "writes to /dev/null",
    "store/drivers.py": "makes the store",
    "store/head_places.py": "writes heads",
    "store/holders.py": "asks the kernel",
    "store/key_file.py": "adds to the key that it read",
    "store/new_files.py": "makes every file of ours",
    "store/half_copies.py": "overwrites half a copy of evidence, and a copy that is erased",
    "store/kept_files.py": "writes its own copies, and erases them",
    "store/letter_folder.py": "goes on with the letters that it wrote",
    "store/letters_key.py": "makes a new key",
    "store/part_folder.py": "holds the folder that it made",
    "translations/catalogue.py": "reads its own catalogues",
    "use_cases/intake/check_sites.py": "opens a session with a server",
    "use_cases/scans/read_note.py": "opens a session with a server",
    "web/console/static.py": "reads its own style sheet and scripts",
    "web/passkeys.py": "reads its own script",
    "wiring/logs.py": "goes on with the log that it made",
}
"""By module: which files it opens itself."""
READS = {"read_text", "read_bytes"}
OPENS_NO_FILE = {
    "_door",
    "mailer",
    "prober",
    "seal",
    "rows",
    "file",
    "webbrowser",
    "package",
    "self",
    "SqlStore",
    "Database",
}
"""Whose `open` opens something else: a connection, an envelope, a part of an archive."""


def opened_in(tree: ast.AST) -> bool:
    """Whether a module opens or reads a file: `open(...)`, `os.open(...)`, `path.open(...)`, `path.read_text()`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "open":
            return True
        if isinstance(node.func, ast.Attribute) and node.func.attr in READS | {"open"}:
            if node.func.attr in READS and node.args and not node.keywords:
                return True
            owner = ast.unparse(node.func.value).rpartition(".")[2]
            if node.func.attr == "open" and not node.args and owner not in {"path", "Path"}:
                continue
            if owner not in OPENS_NO_FILE:
                return True
    return False


def test_files_are_opened_in_one_place_and_a_few_that_say_why() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if opened_in(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert found - OWN.keys() == set()
    assert {name for name in OWN if not (SOURCE / name).is_file()} == set()
