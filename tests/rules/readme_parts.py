"""Writes the generated parts of the README: the map of rooms and the table of checks.

`python tests/rules/readme_parts.py` rewrites them; a test compares them with what stands there.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from leakguard.bundled import Bundled
from leakguard.checks.library import load_library

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "leakguard"
README = ROOT / "README.md"
ROOMS_BESIDE_FOLDERS = ("errors", "ports", "bundled", "settings", "wiring")
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


def checks_table() -> str:
    """One row a check, from the check files."""
    bundled = Bundled(ROOT)
    library = load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})
    rows = ["| check | finds | ports tried by default | state |", "| --- | --- | --- | --- |"]
    for item in sorted(library, key=lambda check: check.id):
        ports = ", ".join(str(port) for port in item.probe.ports) or "any"
        rows.append(f"| `{item.id}` | {item.title} | {ports} | {item.lifecycle} |")
    return "\n".join(rows)


def with_parts(text: str) -> str:
    """The README with both parts as they should be."""
    for name, part in (("rooms", rooms_table()), ("coverage", checks_table())):
        pattern = re.compile(rf"(<!-- {name}:begin [^\n]*-->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        text = pattern.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(with_parts(README.read_text(encoding="utf-8")), encoding="utf-8")
