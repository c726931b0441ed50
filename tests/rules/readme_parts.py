"""Writes the generated parts of the README: the map of rooms, what the checks cover, how right and how fast they are.

`python tests/rules/readme_parts.py` rewrites them; a test compares them with what stands there.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from accuracy.measured import read
from accuracy.tables import accuracy_sentence, accuracy_table, coverage_sentence, coverage_table
from bench.measured import read as read_bench
from bench.table import bench_part
from leakguard.bundled import Bundled
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import load_library

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "leakguard"
README = ROOT / "README.md"
ROOMS_BESIDE_FOLDERS = ("errors", "frozen", "settings")
"""Rooms that are a single file."""


def rooms_table() -> str:
    """One row a room: what lives there, what it may import, what it must never do."""
    rows = ["| room | what lives here |", "| --- | --- |"]
    for path in sorted([*PACKAGE.glob("*/__init__.py"), *(PACKAGE / f"{name}.py" for name in ROOMS_BESIDE_FOLDERS)]):
        name = path.parent.name + "/" if path.name == "__init__.py" else path.name
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        words = " ".join(docstring.split())
        rows.append(f"| `{name}` | {words.replace('|', '&#124;')} |")
    return "\n".join(rows)


def coverage() -> str:
    """One row a kind of datastore, with its checks and the real servers that proved them."""
    library = load_checks()
    _, servers, _ = read()
    return f"{coverage_sentence(library, servers)}\n\n{coverage_table(library, servers)}"


def accuracy() -> str:
    """One row a check: how often it was right."""
    day, servers, repeated = read()
    table = accuracy_table(load_checks(), servers)
    return f"{accuracy_sentence(day, servers, repeated)}\n\n<details>\n\n{table}\n\n</details>"


def load_checks() -> tuple[CheckDefinition, ...]:
    """The checks of this checkout."""
    bundled = Bundled(ROOT)
    return load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})


def with_parts(text: str) -> str:
    """The README with its parts as they should be."""
    parts = {"rooms": rooms_table(), "coverage": coverage(), "accuracy": accuracy(), "bench": bench_part(read_bench())}
    for name, part in parts.items():
        pattern = re.compile(rf"(<!-- {name}:begin [^\n]*-->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        text = pattern.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(with_parts(README.read_text(encoding="utf-8")), encoding="utf-8")
