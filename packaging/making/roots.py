"""Bare Debian 12 roots, in which packages are installed and run. They need root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from making.places import BUILD, NotMade, alone, run

SUITE = "bookworm"
BASE = BUILD / f"{SUITE}.tar"
INCLUDED = (
    "python3.11", "python3", "ca-certificates", "systemd-standalone-sysusers", "systemd-standalone-tmpfiles",
)  # fmt: skip
"""What the package depends on, beside what every Debian has."""
TOOLS: Mapping[str, str] = {
    "mmdebstrap": "mmdebstrap", "logrotate": "logrotate", "systemd-analyze": "systemd",
    "dpkg-deb": "dpkg", "lintian": "lintian", "buildah": "buildah", "skopeo": "skopeo",
}  # fmt: skip
"""Programs that making and judging the packages takes, and the Debian package of each."""


def missing_tools() -> list[str]:
    """The programs that are not there; without root, none of the rest can be used either."""
    absent = [program for program in TOOLS if shutil.which(program) is None]
    return absent if os.geteuid() == 0 else sorted({*absent, "root"})


def install_tools() -> None:
    """Install what is missing, as root on Debian; raises `NotMade` under CI=true where that cannot be."""
    absent = [program for program in TOOLS if shutil.which(program) is None]
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update", "-q"])
        wanted = sorted({TOOLS[program] for program in absent})
        run(
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted],
            env={"DEBIAN_FRONTEND": "noninteractive"},
        )
    if (left := missing_tools()) and os.environ.get("CI") == "true":
        raise NotMade(f"the packages cannot be made and tested here: missing {', '.join(left)}")


def base() -> Path:
    """A tar of a bare Debian 12 with what the package depends on; made once and kept."""
    with alone("base"):
        if not BASE.exists():
            unfinished = BASE.with_suffix(".part.tar")
            run(["mmdebstrap", "--variant=minbase", f"--include={','.join(INCLUDED)}", SUITE, unfinished])
            unfinished.rename(BASE)
    return BASE


def new_root(place: Path) -> Path:
    """A root of its own in `place`."""
    place.mkdir(parents=True)
    run(["tar", "--extract", "--numeric-owner", "--file", base(), "--directory", place])
    return place


def chroot(
    root: Path, words: Sequence[str], *, user: str = "0:0", folder: str = "/", writable: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a root, which shares this machine's loopback and nothing else.

    With `writable`, the root is read-only but for that folder, which appears at /var/lib/leakguard.
    """
    mounts = f'mount -t proc proc "{root}/proc"'
    if writable is not None:
        store = f"{root}/var/lib/leakguard"
        mounts = (
            f'mount --bind "{root}" "{root}" && mount --bind "{writable}" "{store}" && {mounts} '
            f'&& mount -o remount,bind,ro "{root}"'
        )
    script = f'{mounts} && exec chroot --userspec="$0" "{root}" sh -c \'cd "$0" && exec "$@"\' "$@"'
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, user, folder, *words]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
