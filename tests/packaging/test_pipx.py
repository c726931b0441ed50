"""The wheel in a bare Debian 12: what the README says to type, by pipx and without rights, up to the first finding."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.errors import LIBRARIES_OF_EXTRAS, ExitCode
from making.roots import missing_tools, new_root
from support.first_finding import HOME, add_user, first_scan, lines_below, type_in

pytestmark = [
    pytest.mark.packages,
    pytest.mark.timeout(3600),
    pytest.mark.xdist_group("roots"),
    pytest.mark.skipif(bool(missing_tools()), reason=f"a bare Debian needs {', '.join(missing_tools())}"),
]

NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
"""Files by which this machine reaches an index; a root of its own has others."""
REACHING = re.compile(
    r"(?:https?|no)_proxy|PIP_(?:CERT|INDEX_URL|EXTRA_INDEX_URL|DEFAULT_TIMEOUT)|SSL_CERT_FILE", re.IGNORECASE
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A bare Debian 12 with a person in it."""
    place = new_root(tmp_path_factory.mktemp("pipx") / "root")
    for path in NETWORK:
        if Path(path).exists():
            shutil.copy(path, place / path[1:])
    yield place
    shutil.rmtree(place, ignore_errors=True)


def test_pipx_installs_the_wheel_and_the_first_scan_finds_what_is_open(root: Path, wheel: Path) -> None:
    user = add_user(root)
    shutil.copy(wheel, root / HOME[1:])
    shown = re.compile(r"\./dist/leakguard-\S+\.whl")
    reaching = {name: value for name, value in os.environ.items() if REACHING.fullmatch(name)}
    assert type_in(root, "apt-get update", **reaching).returncode == 0

    for line in lines_below("Install"):
        words = shown.sub(f"./{wheel.name}", line.removeprefix("$ "))
        # A bare Debian has no sudo: what the README types with it, root types here.
        as_root = words.startswith("sudo ")
        who = {} if as_root else {"user": user, "home": HOME}
        typed = words.removeprefix("sudo ").replace("apt install", "apt install -y")
        done = type_in(root, f"export DEBIAN_FRONTEND=noninteractive; {typed}", **who, **reaching)
        assert done.returncode == 0, (line, done.stdout[-500:], done.stderr[-500:])

    found = first_scan(root, user)
    assert found.returncode == ExitCode.EXPOSED, found.stderr
    assert re.search(r"^HIGH .* F-[0-9a-f]{16} ", found.stdout, re.MULTILINE), found.stdout
    added = type_in(root, f"pipx inject leakguard {LIBRARIES_OF_EXTRAS['sso']}", user=user, home=HOME, **reaching)
    assert added.returncode == 0, added.stderr
