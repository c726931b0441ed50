"""YAML that refuses what PyYAML forgives: equal keys, aliases that explode, `no` read as false.

Every mapping key and list item keeps its line, so that a problem found later can point at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from leakguard.errors import BadFile, LeakGuardError
from leakguard.files.read_text import Path, ReadText, dotted

__all__ = ["MAX_CHARACTERS", "Path", "ReadText", "dotted", "read_yaml", "reading_yaml"]

MAX_CHARACTERS = 4 * 1024 * 1024
"""Longer texts are refused before parsing; the largest file that we ship has 150,000 characters."""


def read_yaml(text: str, *, name: str, is_recorded: bool = False) -> ReadText:
    """Read one YAML document. Times stay text, only `true` and `false` are booleans.

    `is_recorded` for what machines said, control characters and all, of which nothing is ever shown.
    Raises `BadFile` with every problem found.
    """
    with reading_yaml(text, name=name, is_recorded=is_recorded) as read:
        return read


@contextmanager
def reading_yaml(
    text: str, *, name: str, is_recorded: bool = False, longest: int = MAX_CHARACTERS
) -> Iterator[ReadText]:
    """As `read_yaml`, around what makes something of the values, so that both name their problems at once.

    A text may have `longest` characters; one that needs more than the usual is bounded in its values as well.
    Of a key that stands twice the first value is read on. Whatever is made of it never leaves: the file is refused.
    """
    from leakguard.files.yaml_nodes import values_of  # noqa: PLC0415  (loads PyYAML)

    if len(text) > longest:
        raise BadFile.whole(name, f"longer than {longest:,} characters")
    read, problems = values_of(text, name, is_recorded=is_recorded)
    try:
        yield read
    except LeakGuardError as error:
        if not problems:
            raise
        more = error.problems if isinstance(error, BadFile) else ()
        reported = {problem.where for problem in problems}
        raise BadFile(name, (*problems, *(problem for problem in more if problem.where not in reported))) from error
    if problems:
        raise BadFile(name, problems)
