"""The wheel: built, installed with only the dependencies that it declares, and run from another folder."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path

import click
import pytest

from leakguard.bundled import BundledFiles
from leakguard.bundled.compiled_forms import FILE
from leakguard.checks.library import compile_library
from leakguard.cli.app import app
from leakguard.files.yaml_text import read_yaml
from leakguard.notices.authorities import authority_texts, compile_authorities
from leakguard.notices.book import compile_duties
from leakguard.sensitivity.compiled import compile_book
from leakguard.use_cases.incidents.playbooks import compile_playbooks
from making.dist import sdist_of
from support.installed import bare, run

ROOT = Path(__file__).parents[2]
_WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]
DATA = tuple(_WHEEL["force-include"])
COMMANDS = sorted(app.list_commands(click.Context(app)))
IMPORT_ALL = """
import importlib, pkgutil, leakguard
for found in pkgutil.walk_packages(leakguard.__path__, "leakguard."):
    if not found.name.endswith("__main__") and ".migrations." not in found.name:  # alembic alone may load those
        try:
            importlib.import_module(found.name)
        except ModuleNotFoundError as missing:  # extras, which are loaded when they are first used
            fleet = found.name.startswith("leakguard.fleet.") and missing.name in {"amqp", "celery", "kombu"}
            login = (found.name, missing.name) in {
                ("leakguard.web.oidc", "joserfc"), ("leakguard.web.passkeys", "webauthn"),
            }
            if not fleet and not login:
                raise
print(leakguard.__file__)
"""

BUILD_SERVER = """
from leakguard.settings import Settings
from leakguard.web import server
settings = Settings(store="leakguard.db")
site = server.site_of(server.options_of(settings, {}, {}).asked)
server.build(site, server.SharedWiring(settings), server.Jobs(), {})
print(site.scheme)
"""

pytestmark = [pytest.mark.packages, pytest.mark.timeout(600)]


def files_of(folder: str) -> set[str]:
    found = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {str(path.relative_to(ROOT)) for path in found}


def test_the_wheel_holds_every_data_file_and_no_test(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())

    wanted = {f"leakguard/_data/{name}" for folder in DATA for name in files_of(folder)}
    assert wanted - names == set()
    assert "leakguard/py.typed" in names
    assert [name for name in names if "test" in Path(name).parts[0]] == []
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_archive_can_be_built_from(built: Path) -> None:
    with tarfile.open(sdist_of(built)) as packed:
        names = {name.split("/", 1)[1] for name in packed.getnames() if "/" in name}

    assert {name for folder in DATA for name in files_of(folder)} - names == set()
    assert files_of("docs") - names == set()
    assert {"pyproject.toml", "README.md", "CONTRIBUTING.md", "LICENSE", "src/leakguard/__main__.py"} <= names


def test_the_wheel_brings_the_compiled_forms_and_the_source_archive_only_what_they_are_made_of(
    wheel: Path, built: Path
) -> None:
    """The tree holds none, so these are those of the files as they are now."""
    forms = {
        folder: make(BundledFiles(ROOT).texts(folder))
        for folder, make in {
            "checks": compile_library, "duties": compile_duties, "playbooks": compile_playbooks,
            "sensitivity": compile_book,
        }.items()
    } | {"authorities": compile_authorities(authority_texts(BundledFiles(ROOT)))}  # fmt: skip
    with zipfile.ZipFile(wheel) as packed:
        names = [name for name in packed.namelist() if name.endswith(FILE)]
        assert sorted(names) == [f"leakguard/_data/{folder}/{FILE}" for folder in sorted(forms)]
        for folder, form in forms.items():
            assert packed.read(f"leakguard/_data/{folder}/{FILE}").decode() == form
    with tarfile.open(sdist_of(built)) as archive:
        assert [name for name in archive.getnames() if name.endswith(FILE)] == []


def test_an_installed_leakguard_keeps_no_cache(programs: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [programs / "leakguard", "checks", "list"], cwd=tmp_path, env=bare() | {"XDG_CACHE_HOME": str(tmp_path / "c")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "c").exists()


def test_every_module_imports_with_the_declared_dependencies_alone(programs: Path, tmp_path: Path) -> None:
    done = run(programs, tmp_path, "python", "-W", "error", "-c", IMPORT_ALL)

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(programs.parent)


def test_the_web_server_is_built_without_the_logins_that_are_an_extra(programs: Path, tmp_path: Path) -> None:
    done = run(programs, tmp_path, "python", "-W", "error", "-c", BUILD_SERVER)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "http"


def test_the_command_says_its_version(programs: Path, tmp_path: Path) -> None:
    done = run(programs, tmp_path, "leakguard", "--version")

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1][0].isdigit()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(programs: Path, tmp_path: Path, command: str) -> None:
    done = run(programs, tmp_path, "leakguard", command, "--help")

    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


@pytest.mark.parametrize(
    ("command", "folder", "key"), [("checks", "checks", "id"), ("playbook", "playbooks", "playbook")]
)
def test_the_data_is_found_from_another_folder(
    programs: Path, tmp_path: Path, command: str, folder: str, key: str
) -> None:
    done = run(programs, tmp_path, "leakguard", command, "list")

    assert done.returncode == 0, done.stderr
    ids = [
        read_yaml(path.read_text(encoding="utf-8"), name=path.name).value[key]
        for path in (ROOT / folder).glob("*.yaml")
    ]
    assert ids
    assert [one for one in ids if one not in done.stdout] == []


def test_a_scope_is_written_and_a_scan_outside_it_refused(programs: Path, tmp_path: Path) -> None:
    """One whole path through an installed copy, without a server."""
    words = ["--organisation", "Example", "--contact", "a@example.org", "--approved-by", "CISO"]
    done = run(programs, tmp_path, "leakguard", "scope", "init", *words)
    assert done.returncode == 0, done.stderr

    refused = run(programs, tmp_path, "leakguard", "scan", "127.0.0.1:1")

    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
