"""Debian's own judge of packages, and what it is told to let pass."""

from __future__ import annotations

import re
import subprocess

import pytest

from making.deb import SOURCE, make_deb
from making.roots import missing_tools

pytestmark = [
    pytest.mark.packages,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(bool(missing_tools()), reason=f"a Debian package needs {', '.join(missing_tools())}"),
]


def test_lintian_finds_no_error_and_no_warning_that_is_not_named_with_its_reason() -> None:
    done = subprocess.run(
        ["lintian", "--fail-on", "error,warning", "--allow-root", "--no-tag-display-limit", make_deb()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    found = [line for line in done.stdout.splitlines() if line.startswith(("E: ", "W: "))]
    assert (done.returncode, found) == (0, []), done.stderr


def test_what_lintian_shall_let_pass_is_named_by_its_tag_below_the_reason() -> None:
    lines = (SOURCE / "lintian-overrides").read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith("# ")
    tags = [line for line in lines if not line.startswith("# ")]
    assert [tag for tag in tags if not re.fullmatch(r"leakguard: [a-z0-9-]+", tag)] == []
    assert len(set(tags)) == len(tags)
