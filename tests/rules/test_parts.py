"""Every test is run by exactly one of the two halves of `make test`, `make test-long` and `make packages`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from support.halves import MARK_OF_A_PART, PARTS, is_left_out, parts_of

pytestmark = pytest.mark.untraced

TESTS = Path(__file__).parents[1]
MAKEFILE = (TESTS.parent / "Makefile").read_text(encoding="utf-8")
CI = (TESTS.parent / ".ci" / "run").read_text(encoding="utf-8")
EXPRESSIONS = dict(re.findall(r"^(TRACED|UNTRACED|LONG|PACKAGED) = (.+)$", MAKEFILE, re.MULTILINE))
"""What the Makefile gives `-m` for the halves of `make test`, for `make test-long` and `make packages`."""
FILES = {path: path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("test_*.py"))}
EXAMPLE = "import pytest\n{mark}\ndef test_one(): pass\n\n@pytest.mark.lab\ndef test_two(): pass\n"


def chosen(expression: str, parts: set[str]) -> bool:
    def carries(name: str, /, **_: str | int | bool | None) -> bool:
        return name in parts

    return Expression.compile(expression).evaluate(carries)


def test_the_makefile_uses_each_of_its_expressions() -> None:
    assert set(EXPRESSIONS) == {"TRACED", "UNTRACED", "LONG", "PACKAGED"}
    for name in EXPRESSIONS:
        assert re.search(rf"-m pytest .*-m '\$\({name}\)'", MAKEFILE), name


def test_coverage_is_measured_of_one_half_of_make_test_and_ci_holds_it_to_the_gates() -> None:
    measured = re.findall(r"coverage run -m pytest .*-m '\$\((\w+)\)'", MAKEFILE)
    target = MAKEFILE.split("\ncoverage: ")[1].split("\n\n")[0]

    assert set(measured) == {"TRACED"}
    assert {"--fail-under=95", "--fail-under=100"} <= set(target.split())
    assert re.findall(r"^ +stage (?:test|coverage) \d+ (.+)$", CI, re.MULTILINE) == [
        "make test TRACE=1",
        "make coverage",
    ]


def test_one_run_of_make_test_has_the_files_of_both_halves() -> None:
    (whole,) = re.findall(r"^WHOLE = (.+)$", MAKEFILE, re.MULTILINE)
    every = [set[str](), *({part} for part in PARTS)]

    assert re.search(r"-m pytest \$\(MORE\) -m '\$\(WHOLE\)'", MAKEFILE)
    assert [chosen(whole, parts) for parts in every] == [
        any(chosen(EXPRESSIONS[half], parts) for half in ("TRACED", "UNTRACED")) for parts in every
    ]


@pytest.mark.parametrize("parts", [set[str](), *({part} for part in PARTS)], ids=["unmarked", *PARTS])
def test_every_part_is_run_by_exactly_one_of_the_halves(parts: set[str]) -> None:
    halves = [name for name, expression in EXPRESSIONS.items() if chosen(expression, parts)]
    read = [name for name, expression in EXPRESSIONS.items() if not is_left_out(expression, parts)]

    assert len(halves) == 1
    assert read == halves, "nor is a file imported for a half that has no test of it"


def test_a_file_is_of_one_part_at_most_and_says_so_for_all_its_tests() -> None:
    wrong = [
        str(path)
        for path, text in FILES.items()
        if path != Path(__file__)
        and (len(parts_of(text)) > 1 or len(MARK_OF_A_PART.findall(text)) != len(parts_of(text)))
    ]

    assert not wrong, f"a mark of {PARTS} stands once, in `pytestmark`: {wrong}"
    assert {part for text in FILES.values() for part in parts_of(text)} == set(PARTS)


@pytest.mark.parametrize(
    ("expression", "files"),
    [
        ("long", {"test_long.py"}),
        ("untraced and not long", {"test_untraced.py"}),
        ("not long and not lab", {"test_untraced.py", "test_unmarked.py"}),
        ("long or untraced", {"test_long.py", "test_untraced.py"}),
    ],
)
def test_leaving_files_out_unread_changes_nothing_of_what_a_mark_chooses(
    expression: str, files: set[str], tmp_path: Path
) -> None:
    """What pytest itself chooses by marks it chooses as well with the rule that leaves files out."""
    marks = {"long": "pytestmark = pytest.mark.long", "unmarked": ""}
    marks["untraced"] = "pytestmark = [\n    pytest.mark.untraced,\n    pytest.mark.timeout(9),\n]"
    for name, mark in marks.items():
        (tmp_path / f"test_{name}.py").write_text(EXAMPLE.format(mark=mark), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  lab\n  long\n  untraced\n", encoding="utf-8")

    plain, ours = (_collected(expression, tmp_path, options) for options in ([], ["-p", "support.halves"]))

    assert ours == plain
    assert {line.partition("::")[0] for line in ours} == files


def _collected(expression: str, folder: Path, options: list[str]) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--rootdir", ".", *options, "-m", expression]
    environment = {"PYTHONPATH": str(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # none has to do with marks
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]
