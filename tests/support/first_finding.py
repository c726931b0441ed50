"""The README in a bare Debian, typed by somebody who has nothing else: how to install, and the first scan."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from making.places import ROOT
from making.roots import chroot
from support.documents_of_ours import blocks_of

README = ROOT / "README.md"
HOME = "/home/ada"
SHOWN_PORT = "8000"
SERVING = """{line} > served.txt 2>&1 &
trap "kill $!" EXIT
until grep -q ' port ' served.txt; do kill -0 $! || {{ cat served.txt; exit 9; }}; sleep 0.1; done
port=$(sed -n 's/.* port \\([0-9]*\\).*/\\1/p' served.txt)
"""
"""The line of the second terminal: the server says which port the kernel gave."""


def add_user(root: Path) -> str:
    """A person without rights, with a home; returns the user and the group that she runs as."""
    done = chroot(root, ["useradd", "--create-home", "--shell", "/bin/bash", Path(HOME).name])
    assert done.returncode == 0, done.stderr
    found = re.search(r"^ada:x:(\d+):(\d+):", (root / "etc/passwd").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return f"{found[1]}:{found[2]}"


def lines_below(heading: str) -> list[str]:
    """What the README says to type in the first console block below a heading, with `# ` or `$ ` before each line."""
    below = README.read_text(encoding="utf-8").partition(f"## {heading}\n")[2]
    return next(block.body for block in blocks_of(README, "console") if block.body in below).splitlines()


def type_in(
    root: Path, script: str, *, user: str = "0:0", home: str = "/root", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run it in a new login shell of the root, with `more` in its environment."""
    named = [f"{name}={value}" for name, value in more.items()]
    return chroot(root, ["env", *named, "bash", "-lc", script], user=user, folder=home)


def first_scan(root: Path, user: str) -> subprocess.CompletedProcess[str]:
    """Type the lines of the first scan; what ends otherwise than well before the scan ends them all."""
    script = "set -eu\n"
    for line in (line.removeprefix("$ ") for line in lines_below("A first scan")):
        if "http.server" in line:
            serving = line.partition("    #")[0].replace(SHOWN_PORT, "0").replace("python3 ", "python3 -u ")
            script += SERVING.format(line=serving)
        else:
            script += f"{line.replace(SHOWN_PORT, '$port')}\n"
    return type_in(root, script, user=user, home=HOME)
