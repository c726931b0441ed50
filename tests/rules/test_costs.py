"""What tests cost in CPU is written by each worker and summed by folder, file and test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.costs import FOLDER, Cost, costs_in, table

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2]
BUSY = "import subprocess\nimport sys\n\ndef test_{}(): subprocess.run([sys.executable, '-c', ''], check=True)\n"


def test_a_run_says_what_each_test_and_its_children_cost(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(BUSY.format("busy"), encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "import os\nfrom pathlib import Path\nfrom support.costs import FOLDER, Costs\n\n"
        "def pytest_configure(config): config.pluginmanager.register(Costs(Path(os.environ[FOLDER]), 'gw0'))\n",
        encoding="utf-8",
    )
    environment = {
        **os.environ, FOLDER: str(tmp_path / "costs"), "PYTHONPATH": str(ROOT / "tests"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", ".", "-c", os.devnull, "test_one.py"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, stdout=subprocess.DEVNULL)

    collected, busy, rest = costs_in(tmp_path / "costs")

    assert [cost.test for cost in (collected, busy, rest)] == [
        "(to collect)",
        "test_one.py::test_busy",
        "(between the tests)",
    ]
    assert busy.cpu >= busy.children > 0


def test_the_dearest_come_first() -> None:
    told = table([Cost("tests/a/test_a.py::one", 1, 0), Cost("tests/b/test_b.py::two", 1.5, 1.2)]).splitlines()

    assert told[1:3] == ["     1.5      1.2      1 tests/b", "     1.0      0.0      1 tests/a"]
    assert told[-1].endswith("tests/a/test_a.py::one")
