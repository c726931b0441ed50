"""The workflows of a public host: nobody runs them here, so a published linter and these rules judge them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.untraced

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return told


def test_zizmor_finds_nothing_in_them() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--persona", "pedantic", FOLDER],
        capture_output=True,
        text=True,
        check=False,
    )

    assert FILES
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_is_marked_as_not_run_here_and_pins_what_it_uses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)(.*)", text)

    assert "Not run where LeakGuard is developed" in text.splitlines()[0]
    assert [use for use, _ in used if not re.search(r"@[0-9a-f]{40}$", use)] == []
    assert [use for use, rest in used if not re.search(r"# v\d+\.\d+\.\d+$", rest)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_job_may_do_only_what_it_says_and_ends(path: Path) -> None:
    assert "permissions: {}" in path.read_text(encoding="utf-8")
    for name, job in jobs(path).items():
        assert {"permissions", "timeout-minutes"} <= set(job), name
        assert job["permissions"].get("contents", "read") == "read", name


def test_the_host_runs_what_ci_runs_here_for_a_change_and_at_night_and_asks_for_known_vulnerabilities() -> None:
    steps = [step.get("run", "") for job in jobs(FOLDER / "ci.yml").values() for step in job["steps"]]
    nightly = [step.get("run", "") for job in jobs(FOLDER / "nightly.yml").values() for step in job["steps"]]

    assert ".ci/run" in steps
    assert ".ci/nightly" in nightly
    assert any("pip-audit" in step and "pylock.toml" in step for step in steps)


def test_every_kind_of_test_runs_for_each_change_or_each_night() -> None:
    """A mark keeps tests out of `make test`: a stage runs them, or nobody would see them fail."""
    makefile = (FOLDER.parents[1] / "Makefile").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^([A-Z]+) = (.*)$", makefile, re.MULTILINE))
    stages = {
        target
        for name in ("run", "nightly")
        for target in re.findall(
            r"^  stage \S+ \d+ make (\S+)", (FOLDER.parents[1] / ".ci" / name).read_text(), re.MULTILINE
        )
    }
    kept_out = set(re.findall(r"not (\w+)", variables["WHOLE"]))

    assert "test" in stages
    for mark in kept_out:
        chosen = next(name for name, marks in variables.items() if marks == mark)
        targets = re.findall(rf"^([a-z-]+):[^\n]*\n(?:\t[^\n]*\n)*?\t[^\n]*-m '\$\({chosen}\)'", makefile, re.MULTILINE)
        assert set(targets) & stages, (mark, targets)
