"""Bugs in LeakGuard that one endpoint triggered: it counts as not checked, and the run continues with the others."""

from __future__ import annotations

import errno
from pathlib import Path
from types import TracebackType

from leakguard.errors import LeakGuardError

OUR_BUG = "a bug in LeakGuard"
_PACKAGE = Path(__file__).parents[1]
_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
"""The `errno` of a machine that ran out of something, so that the next endpoint would fail too."""


def bug_of(error: Exception) -> str:
    """`TypeError at checks/judge.py:40`: the kind and the place, never the message, which may hold a host's words.

    Raises the error again if it is not a bug: a `LeakGuardError`, or an error of our own machine.
    """
    is_of_machine = isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _MACHINE)
    if is_of_machine or isinstance(error, LeakGuardError):
        raise error
    return f"{type(error).__name__}{_place(error.__traceback__)}"


def _place(trace: TracebackType | None) -> str:
    """The innermost line of this package in the traceback; empty if there is none."""
    place = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE):
            place = f" at {path.relative_to(_PACKAGE).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
