"""`make lowest`: the lowest version of every library that pyproject.toml promises, tried by tests without a server.

The environment is one of its own: the libraries at the lower bounds of pyproject.toml (what they need in turn is as new
as they allow), and the tools of the tests, as new as those allow.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

from making.lock import direct
from making.places import BUILD, ROOT, NotMade, run, say

TOOLS = (
    "aiosmtpd", "coverage", "httpx", "hypothesis", "jsonschema", "lxml", "pypdf", "pytest", "pytest-socket",
    "pytest-timeout", "pytest-xdist", "python-docx",
)  # fmt: skip
"""What the tests below import, of the development group."""
SLICE = ("checks", "clocks", "ledger", "files", "models", "scanning", "store", "documents", "fleet", "web")
"""Packages of tests that together use every library of the default install and of the extras."""
HOME = BUILD / "lowest"


def test_lowest() -> None:
    """Install the lowest versions, and run the fast tests of the slice with them."""
    programs = installed()
    folders = [name for part in SLICE if (ROOT / (name := f"tests/{part}")).exists()]
    workers = os.environ.get("WORKERS", "3")
    command: list[str | Path] = [
        programs / "python", "-m", "pytest", "-q", "-n", workers, "--dist", "loadfile", "-p", "no:cacheprovider",
        "-W", "default::DeprecationWarning",  # of one library about another, which is newer
        "-m", "not long and not untraced and not packages and not lab", *folders,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        raise NotMade(
            "a test fails with the lowest versions: raise the lower bound in pyproject.toml, or mend the code"
        )


def pinned() -> str:
    """Every library at the lowest version that pyproject.toml allows, with what these need."""
    uv: list[str | Path] = [
        sys.executable,
        "-m",
        "uv",
        "--quiet",
        "--no-config",
        "pip",
        "compile",
        "--python-version",
        "3.11",
    ]
    common: list[str | Path] = [ROOT / "pyproject.toml", "--all-extras", "--no-header", "--no-annotate"]
    BUILD.mkdir(parents=True, exist_ok=True)
    lowest, tools = BUILD / "lowest.txt", BUILD / "lowest-tools.in"
    lowest.write_text(run([*uv, *common, "--resolution", "lowest-direct"]), encoding="utf-8")
    ours = {one.name.lower(): str(one) for one in direct()["dev"]}
    tools.write_text("".join(f"{ours[name]}\n" for name in TOOLS), encoding="utf-8")
    return run([*uv, *common, tools, "--constraints", lowest])


def installed() -> Path:
    """The environment with them, made anew when what it should hold has changed; returns its programs."""
    wanted = pinned()
    mark = HOME / hashlib.sha256(wanted.encode()).hexdigest()
    if not mark.exists():
        (BUILD / "lowest-all.txt").write_text(wanted, encoding="utf-8")
        venv.create(HOME, clear=True)
        uv: list[str | Path] = [
            sys.executable,
            "-m",
            "uv",
            "--quiet",
            "--no-config",
            "pip",
            "install",
            "--python",
            HOME / "bin" / "python",
        ]
        run([*uv, "--requirement", BUILD / "lowest-all.txt"])
        run([*uv, "--no-deps", "--editable", ROOT])
        mark.touch()
    say(f"{len(wanted.splitlines())} libraries and tools, the libraries of pyproject.toml at their lower bounds")
    return HOME / "bin"
