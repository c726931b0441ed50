"""With whole files for the workers, a run has the tests, the failures and the exit code that it has without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

TESTS = Path(__file__).parents[1]
CONFTEST = """
import contextlib
import pytest
from support.unread_files import *
from support.unread_files import FilesInTurn, judged_later, leaves_files_unread

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    with judged_later(items):
        yield

def pytest_configure(config):
    if leaves_files_unread(config):
        config.pluginmanager.register(FilesInTurn())

@pytest.fixture(scope="session")
def once(tmp_path_factory):
    with open("begun", "a") as begun:
        begun.write("x")
    yield
    with open("ended", "a") as ended:
        ended.write("x")
"""
FILES = {
    "test_one.py": "import pytest\n@pytest.mark.parametrize('n', range(3))\ndef test_each(n, once): pass\n",
    "sub/test_two.py": (
        "import os, pytest\nopen(f'imported-{os.getpid()}', 'w').close()\n"
        "@pytest.mark.far\ndef test_far(): pass\ndef test_wrong(once): assert 1 + 1 == 3\n"
        "def test_left(): pytest.skip('why')\n"
    ),
    "sub/test_three.py": "import pytest\n@pytest.mark.far\ndef test_farther(): pass\n",
    "test_unreadable.py": "import nothing_of_this_name\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {**FILES, "conftest.py": CONFTEST}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  far\n  timeout\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--dist", "loadfile", "-rfEs", *options]
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_each_test_is_run_once_and_what_fails_or_cannot_be_read_fails_the_run(folder: Path) -> None:
    code, told = run(folder, "-m", "not far")

    assert code == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"= 1 failed, 3 passed, 1 skipped, 1 error in", told), told
    assert re.search(r"^FAILED sub/test_two.py::test_wrong - assert \(1 \+ 1\) == 3", told, re.MULTILINE)
    assert re.search(r"^ERROR test_unreadable.py - ImportError", told, re.MULTILINE)
    assert len(list(folder.glob("imported-*"))) == 1, "one worker imported it"
    assert (folder / "begun").read_text("utf-8") == (folder / "ended").read_text("utf-8"), "as often as workers had it"


@pytest.mark.parametrize(
    ("options", "code", "passed"),
    [
        (["-m", "far"], pytest.ExitCode.OK, "= 2 passed in"),
        (["-k", "farther"], pytest.ExitCode.OK, "= 1 passed in"),
        (["-k", "near"], pytest.ExitCode.NO_TESTS_COLLECTED, "= no tests ran in"),
    ],
)
def test_marks_and_names_choose_tests_within_files_and_no_test_at_all_is_said(
    options: list[str], code: int, passed: str, folder: Path
) -> None:
    ended, told = run(folder, *options, "sub")

    assert ended == code
    assert passed in told, told


def test_the_test_in_which_a_worker_ended_is_named(folder: Path) -> None:
    (folder / "sub" / "test_three.py").write_text(
        "import os\ndef test_good(): pass\ndef test_ends(): os._exit(1)\n", encoding="utf-8"
    )

    code, told = run(folder, "--max-worker-restart", "0", "sub/test_three.py", "test_one.py")

    assert code != pytest.ExitCode.OK
    assert re.search(r"^FAILED sub/test_three.py::test_ends", told, re.MULTILINE), told


def test_a_test_that_is_named_is_run_alone(folder: Path) -> None:
    code, told = run(folder, "test_one.py::test_each[1]")

    assert code == pytest.ExitCode.OK
    assert "= 1 passed in" in told
