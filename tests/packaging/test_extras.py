"""A command whose extra is not installed says which one to install, and ends as with any missing part."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from leakguard.errors import LIBRARIES_OF_EXTRAS, ExitCode
from making.lock import direct, project
from support.installed import run

pytestmark = [pytest.mark.packages, pytest.mark.timeout(600)]

SETTINGS = """
[fleet]
broker = "redis://127.0.0.1:1/0"
key_file = "fleet.key"
[fleet.trusted]
campus-1 = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= campus"
[web.oidc]
issuer = "https://login.example.edu"
client_id = "leakguard"
"""
WITHOUT = {
    "fleet key": ("fleet", ("fleet", "key", "init")),
    "fleet status": ("fleet", ("fleet", "status", "--wait", "0.5")),
    "fleet worker": ("fleet", ("fleet", "worker", "--vantage", "campus")),
    "single sign-on": ("sso", ("web", "--bind", "127.0.0.1:0")),
    "PostgreSQL": ("postgres", ("--store", "postgresql+psycopg://nobody@127.0.0.1:1/none", "incident", "list")),
}
"""By what is asked for: the extra that it needs, and the words that ask."""


def said_without(programs: Path, folder: Path, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    (folder / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    return run(programs, folder, "leakguard", *words)


@pytest.mark.parametrize("asked", WITHOUT)
def test_a_command_without_its_extra_says_which_to_install(programs: Path, tmp_path: Path, asked: str) -> None:
    extra, words = WITHOUT[asked]

    done = said_without(programs, tmp_path, words)

    assert done.returncode == ExitCode.UNFINISHED, done.stderr
    assert "Traceback" not in done.stderr
    assert f"pipx inject leakguard {LIBRARIES_OF_EXTRAS[extra]}" in " ".join(done.stderr.split())
    assert "leakguard[" not in done.stderr, "an index has a package of this name that is another project's"
    assert not (tmp_path / "fleet.key").exists()


def test_what_a_command_says_to_add_is_what_the_extra_adds() -> None:
    extras = {name: wanted for name, wanted in direct().items() if name not in {"", "dev"}}

    said = {name: shlex.split(words) for name, words in LIBRARIES_OF_EXTRAS.items()}
    assert {name: {Requirement(word).name for word in words} for name, words in said.items()} == {
        name: {one.name for one in wanted} for name, wanted in extras.items()
    }


@pytest.mark.parametrize("name", ["docs/how-to/install.md", "docs/zh/how-to/install.md"])
def test_the_extras_are_those_that_the_documentation_lists(name: str) -> None:
    """`cjk` is a font, which only a machine without one misses: tests/documents/test_pdf.py plays one."""
    page = (Path(__file__).parents[2] / name).read_text(encoding="utf-8")

    extras = set(project()["project"]["optional-dependencies"])
    assert {extra for extra in extras if f"| `{extra}` |" in page} == extras
    assert {extra for extra, _ in WITHOUT.values()} | {"cjk"} == extras
