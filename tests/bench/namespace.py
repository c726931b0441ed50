"""A network namespace of our own: all of 127.0.0.0/8 is ours there, nothing can come in, and nothing can leave."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import struct
import sys
from pathlib import Path
from typing import NoReturn

INSIDE = "LEAKGUARD_BENCH_INSIDE"
SET_FLAGS = 0x8914
"""`SIOCSIFFLAGS` (linux/sockios.h)."""
UP_AND_RUNNING = 0x41
"""`IFF_UP | IFF_RUNNING` (linux/if.h)."""
SETTINGS = {
    "net/ipv4/ip_local_port_range": "1024 65535",
    "net/core/somaxconn": "65535",
    "net/ipv4/tcp_max_syn_backlog": "65535",
    "net/ipv4/tcp_syncookies": "0",
}
"""So that the rig loses no call under load; whoever may not change them measures with what there is."""


def is_inside() -> bool:
    """Whether this process was started in the namespace."""
    return os.environ.get(INSIDE) == "1"


def go_inside() -> NoReturn:
    """Start this program again in a namespace of its own; without root as a user who is root there alone."""
    unshare = shutil.which("unshare")
    if unshare is None:
        sys.exit("make bench needs `unshare` (on Debian and Ubuntu: apt install util-linux)")
    rights = ["--net"] if os.geteuid() == 0 else ["--map-root-user", "--net"]
    os.environ[INSIDE] = "1"
    os.execv(unshare, [unshare, *rights, sys.executable, "-m", "bench", *sys.argv[1:]])  # noqa: S606  (no shell, on purpose)


def set_up() -> None:
    """Switch the loopback interface on, and refuse to go on where there is any other way out."""
    others = [name for _, name in socket.if_nameindex() if name != "lo" and _is_up(name)]
    if others:
        sys.exit(f"make bench would not be alone: there are {', '.join(others)} in its network namespace")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))
    for name, value in SETTINGS.items():
        with contextlib.suppress(OSError):
            Path("/proc/sys", name).write_text(value, encoding="ascii")


def _is_up(name: str) -> bool:
    return bool(int(Path("/sys/class/net", name, "flags").read_text("ascii"), 16) & 1)
