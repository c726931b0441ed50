"""One thing that is wrong in a scenario, at its place in the file."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.errors import Problem
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted
from leakguard.frozen import Frozen


class UnplacedProblem(Frozen):
    """A problem before its line is known."""

    path: Path
    text: str
    nearest: str | None = None

    def problem(self, read: ReadText) -> Problem:
        """The same with its line."""
        return Problem(where=dotted(self.path), text=self.text, line=read.line_of(self.path), nearest=self.nearest)


def unknown(path: Path, name: str, known: Iterable[str], what: str) -> tuple[UnplacedProblem, ...]:
    """A problem when `name` is none of `known`, with the nearest one; `what` says what it should have been."""
    names = list(known)
    if name in names:
        return ()
    return (UnplacedProblem(path=path, text=f"`{name}` is no {what}", nearest=nearest_name(name, names)),)
