"""The lock files: they fit pyproject.toml, hold hashes, and name no mirror. Nothing here asks a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, sys_tags
from packaging.utils import parse_wheel_filename

from making.lock import DEV_LOCK, LOCK, canonical, direct, project, trimmed, versions
from making.pins import files_of, locked, requirements

pytestmark = pytest.mark.untraced

LOCKS = (LOCK, DEV_LOCK)
PUBLIC = "files." + "pythonhosted.org"
"""Where the index that everybody uses keeps its files."""


def names(lock: Path) -> set[str]:
    return set(versions(lock))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_locked_is_within_the_ranges_that_pyproject_promises(lock: Path) -> None:
    """After a change of pyproject.toml: `make lock`."""
    held = versions(lock)
    asked = [one for group, lines in direct().items() if group != "dev" or lock == DEV_LOCK for one in lines]

    wrong = [
        f"{one}: {held.get(canonical(one), 'missing')}"
        for one in asked
        if canonical(one) not in held or not SpecifierSet(str(one.specifier)).contains(held[canonical(one)])
    ]
    assert not wrong


def test_development_has_what_is_shipped_in_the_same_versions() -> None:
    shipped, developed = versions(LOCK), versions(DEV_LOCK)

    assert {name: developed.get(name) for name in shipped} == shipped


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_file_has_a_hash_and_a_public_address(lock: Path) -> None:
    files = [(package["name"], file) for package in locked(lock) for file in files_of(package)]

    assert [name for name, file in files if not re.fullmatch("[0-9a-f]{64}", file["hashes"]["sha256"])] == []
    assert [file["url"] for _, file in files if urlsplit(file["url"])[:2] != ("https", PUBLIC)] == []
    assert {one.name for one in LOCKS if "index = " in one.read_text(encoding="utf-8")} == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_has_a_wheel_for_this_machine(lock: Path) -> None:
    """So nothing is compiled where it is installed, and no build of a stranger runs."""
    here: frozenset[Tag] = frozenset(sys_tags())
    left = {
        package["name"]
        for package in locked(lock)
        if not any(here & parse_wheel_filename(file["url"].rpartition("/")[2])[3] for file in package.get("wheels", ()))
    }

    assert left <= {"colorama"}, "which Windows alone needs"


def test_a_file_for_another_system_and_the_source_of_a_wheel_are_left_out() -> None:
    text = """lock-version = "1.0"

[[packages]]
name = "a"
sdist = { url = "https://x/a-1.tar.gz" }
wheels = [
    { url = "https://x/a-1-cp311-cp311-macosx_11_0_arm64.whl" },
    { url = "https://x/a-1-cp39-abi3-manylinux_2_28_x86_64.whl" },
    { url = "https://x/a-1-cp39-cp39-manylinux_2_28_x86_64.whl" },
]

[[packages]]
name = "b"
sdist = { url = "https://x/b-1.tar.gz" }
"""
    kept = trimmed(text)

    assert re.findall(r"https://x/(\S+)\"", kept) == ["a-1-cp39-abi3-manylinux_2_28_x86_64.whl", "b-1.tar.gz"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_pip_reads_it_as_requirements_with_hashes(lock: Path) -> None:
    written = subprocess.run(
        [sys.executable, "-m", "making.pins", lock], cwd=lock.parent / "packaging", capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip

    assert written == requirements(lock)
    lines = written.splitlines()
    assert {line.partition("==")[0] for line in lines} == names(lock)
    assert [line for line in lines if "--hash=sha256:" not in line] == []


def test_the_build_itself_needs_only_what_is_locked() -> None:
    """CI builds without an environment of its own, so what builds has to be there, in a version with a hash."""
    told = project()
    wanted = [*told["build-system"]["requires"], *told["tool"]["hatch"]["build"]["hooks"]["custom"]["dependencies"]]

    assert {re.split("[<>=]", line)[0].lower() for line in wanted} <= names(DEV_LOCK)
