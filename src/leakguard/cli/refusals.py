"""What is said of a file that cannot be read or written, or of an argument that nothing can be made of."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from leakguard.errors import BadFile, LeakGuardError, Problem, UsageProblem

_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR})
_SHOWN = 60


def unreadable(path: str, error: OSError) -> BadFile:
    """A file that the user named and that cannot be read."""
    problem = Problem(where="", text=error.strerror or type(error).__name__)
    return BadFile(
        path, (problem,), next_step="Name a file that is there and that you may read, and run the command again."
    )


def too_long(path: str, most: str) -> BadFile:
    """A file of which more was read than such a file ever needs."""
    return BadFile(path, (Problem(where="", text=f"longer than {most}"),), next_step="Name the file that you mean.")


def unwritable(path: str, error: OSError) -> UsageProblem:
    """A file that the user named and that cannot be written."""
    next_step = "Free the disk or mend its rights."
    if error.errno in _NO_FOLDER:
        next_step = "Make its folder first, or choose another place."
    return UsageProblem(f"{path} cannot be written: {error.strerror}", next_step=next_step)


def unfit_argument(error: Exception, arguments: Sequence[str]) -> LeakGuardError | None:
    """What an argument cannot be used for, where that is what raised the error: too long a name, or no text."""
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


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
