"""What is said of a file that cannot be read or written, or of an argument that nothing can be made of."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from leakguard.errors import FileLost, LeakGuardError, MachineShort, UsageProblem

_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a disk says whose rights and places are right: the command was, too."""
_NO_MEMORY = ("cannot allocate memory", "failed to map segment")
"""What the loader of a library says who gets no memory for it; Python raises that as an `ImportError`."""
_SHOWN = 60


def unwritable(path: str, error: OSError) -> LeakGuardError:
    """A file that the user named and that cannot be written: the wrong one was named, or its disk has no room."""
    if error.errno in _NO_ROOM:
        return FileLost(
            f"{path} cannot be written: {error.strerror}",
            next_step="Free the disk, or name a file on another one, and run the command again.",
        )
    next_step = "Free the disk or correct its permissions."
    if error.errno in _NO_FOLDER:
        next_step = "Make its folder first, or choose another place."
    return UsageProblem(f"{path} cannot be written: {error.strerror}", next_step=next_step)


def unfit_argument(error: Exception, arguments: Sequence[str]) -> LeakGuardError | None:
    """What an argument cannot be used for, where that raised the error: no right to look, too long a name, no text."""
    if isinstance(error, PermissionError) and error.filename is not None:
        return UsageProblem(
            f"{error.filename} cannot be examined: {error.strerror}",
            next_step="Correct the permissions of the folders above it, or name another one.",
        )
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return UsageProblem(
            f"{str(error.filename)[:_SHOWN]}... is longer than the name of a file may be",
            next_step="Look at what was given as a file; a name has 255 bytes at most.",
        )
    odd = next((word for word in arguments if not word.isascii() and not _is_text(word)), None)
    if isinstance(error, UnicodeEncodeError) and odd is not None:
        return UsageProblem(
            f"`{odd[:_SHOWN].encode(errors='backslashreplace').decode()}` is not UTF-8 text",
            next_step="Type it again; in a script, look at how its file is encoded.",
        )
    return None


def machine_short(error: Exception) -> LeakGuardError | None:
    """What the machine has no more of for this process, where that is what raised the error."""
    if isinstance(error, MemoryError) or _names_memory(error):
        return MachineShort(
            "the machine gives this process no more memory",
            next_step="End other programs, or raise its limit (`ulimit -v`, `MemoryMax`), and run the command again.",
        )
    if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
        return MachineShort(
            "the machine lets this process open no more files",
            next_step="Raise the limit, such as `ulimit -n 1024`, and run the command again.",
        )
    return None


def _names_memory(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return isinstance(error, ImportError) and any(words in str(error).lower() for words in _NO_MEMORY)


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
