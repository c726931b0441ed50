"""Hardening: a process that may hold somebody's records leaves no image of itself on a disk."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4
"""`prctl(2)`: with 0 there is no core, and no other process of the user may attach or read the memory."""


def leave_no_core() -> bool:
    """Have no core dump written, whatever happens; whether the kernel agreed to hide the memory too."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    return False
