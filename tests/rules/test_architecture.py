"""Rules about the source itself: packages that say what they are, short functions, no trace of one machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "leakguard"
SOURCES = sorted(PACKAGE.rglob("*.py"))
PACKAGES = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
SINGLE_FILES = ("errors.py", "settings.py")
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 40
SEAMS = ("/" + "work/", "TO" + "DO", "FIX" + "ME", "X" * 3)
"""Put together here, so that this file does not find itself."""
REGISTRIES = re.compile("|".join(map(re.escape, ("pypi" + ".org", "files.python" + "hosted", "registry." + "npm"))))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


@pytest.fixture(scope="module", autouse=True)
def _lets_go() -> Iterator[None]:
    """All trees are a few hundred megabytes, which no test of another file has a use for."""
    yield
    nodes.cache_clear()
    tree.cache_clear()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in nodes(path) if isinstance(node, Function))


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_says_what_it_holds_what_it_may_import_and_what_it_never_does(package: Path) -> None:
    docstring = ast.get_docstring(tree(package / "__init__.py")) or ""
    lines = [line for line in docstring.splitlines() if line.strip()]

    assert len(lines) >= 3, docstring
    assert "May import " in docstring
    assert re.search(r"\bNever\b", docstring)


@pytest.mark.parametrize("name", SINGLE_FILES)
def test_a_package_of_a_single_file_says_so_too(name: str) -> None:
    docstring = ast.get_docstring(tree(PACKAGE / name)) or ""

    assert len([line for line in docstring.splitlines() if line.strip()]) >= 3


def public_definitions(body: Sequence[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """What a reader of the documentation meets: not what is private, nor what lives inside a function."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body)


def test_every_module_class_and_public_function_has_a_docstring() -> None:
    without = [named(path) for path in SOURCES if not ast.get_docstring(tree(path))]
    without += [
        f"{named(path)}: {node.name}"
        for path in SOURCES
        for node in public_definitions(tree(path).body)
        if not ast.get_docstring(node)
    ]

    assert without == []


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: length for name, length in lengths.items() if length > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{named(path)}: {node.name} has {length} lines"
        for path in SOURCES
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]

    assert long == []


def test_the_page_of_the_architecture_names_every_package() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")

    assert [package.name for package in PACKAGES if f"`{package.name}/`" not in page] == []


CATCH_ALL = [
    "src/leakguard/cli/main.py",
    "src/leakguard/engine/examiner.py",
    "src/leakguard/parallel/parts.py",
    "src/leakguard/probes/sweep/flights.py",
    "src/leakguard/probes/wire/line.py",
    "src/leakguard/web/door.py",
    "src/leakguard/web/once.py",
]
"""The command line turns a bug into an exit code, once; a process of a run ends by one, and its parent says so.
Of a bug that one host brings to light, sweep and line tell whoever asked that host, and the examiner makes of it what
the user is told; `bugs.bug_of` says which are none."""


def test_everything_is_caught_in_few_places_and_handed_on() -> None:
    """`except Exception` hides bugs, so each of them gives the error a name and does something with it."""
    found = [
        (named(path), node.name)
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    ]

    assert sorted({name for name, _ in found}) == CATCH_ALL
    assert {caught for _, caught in found} == {"error"}


def test_only_wiring_and_a_worker_by_itself_read_the_clock_or_make_randomness() -> None:
    calls = re.compile(r"datetime\.now\(|utcnow\(|time\.time\(|uuid4\(|\bimport (?:random|secrets)\b")
    found = [named(path) for path in SOURCES if calls.search(path.read_text(encoding="utf-8"))]

    assert {path.rpartition("/")[0] for path in found} == {"src/leakguard/wiring", "src/leakguard/worker"}


def test_every_silenced_rule_gives_its_reason() -> None:
    silent = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ +\(.+\))")
    found = [
        f"{name}:{number}"
        for name, text in tracked_texts()
        if name.endswith(".py") and name != named(Path(__file__))
        for number, line in enumerate(text.splitlines(), 1)
        if silent.search(line)
    ]

    assert found == []


def test_nothing_speaks_of_unfinished_work_or_of_the_machine_it_was_made_on() -> None:
    found = [
        f"{name}: {seam}"
        for name, text in tracked_texts()
        for seam in SEAMS
        if re.search(rf"(?<![A-Za-z]){re.escape(seam)}(?![A-Za-z])" if seam.isalpha() else re.escape(seam), text)
    ]

    assert found == []


def test_whoever_records_an_event_says_what_checks_the_duties_and_clocks_that_it_names() -> None:
    """A misspelt duty stops no clock, and nobody sees it: a caller passes a check, or the reason why it needs none."""
    calls = [
        (named(path), node)
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record_event"
    ]

    assert calls
    assert [name for name, call in calls if not any(word.arg == "names" for word in call.keywords)] == []


def test_no_package_registry_is_named_outside_its_client() -> None:
    """A lock file gives the public address of each file, as PEP 751 asks; tests/packaging/test_lock.py reads them."""
    found = [name for name, text in tracked_texts() if REGISTRIES.search(text)]

    assert [name for name in found if name not in {"pylock.toml", "pylock.dev.toml"}] == []


def test_no_test_is_skipped_for_good() -> None:
    """A test that never runs counts as passed in nobody's book."""
    pattern = re.compile(r"@pytest\.mark\.(?:skip|xfail)\b(?!if)")
    found = [name for name, text in tracked_texts() if name.startswith("tests/") and pattern.search(text)]

    assert [name for name in found if name != named(Path(__file__))] == []


RULES_IN_THE_COMMAND_LINE = {"clocks": 20, "notices": 14, "scanning": 24}
"""How often a module of the command line imports a package of rules. Lower a number when it falls; none may rise."""


@pytest.mark.parametrize("package", RULES_IN_THE_COMMAND_LINE)
def test_the_command_line_reaches_for_no_more_rules_than_before(package: str) -> None:
    """A command parses, calls one use case and shows what it returns; a rule that it asks itself guards one caller."""
    found = [
        named(path)
        for path in sorted((PACKAGE / "cli").rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"leakguard.{package}.")
    ]

    assert len(found) <= RULES_IN_THE_COMMAND_LINE[package], found
