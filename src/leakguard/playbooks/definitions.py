"""Reads playbook files, and the snapshots of them that running incidents keep."""

from __future__ import annotations

import json
from functools import lru_cache

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.yaml_text import ReadText, dotted, reading_yaml
from leakguard.playbooks.shapes import Playbook

_VERIFY = "See whether the ledger is whole: leakguard evidence verify"
_REMEMBERED = 16
"""Copies of running responses."""


def parse_playbook(text: str, *, name: str) -> Playbook:
    """Read a playbook file; raises `BadFile` that names every problem with its line."""
    with reading_yaml(text, name=name) as read:
        return _checked(read, name)


def playbook_of(value: object, *, name: str) -> Playbook:
    """A playbook from plain values that another format held; raises `BadFile` with every problem."""
    return _checked(ReadText(value=value), name)


def snapshot_of(playbook: Playbook) -> str:
    """JSON text that `from_snapshot` reads back into an equal playbook.

    Text and not values, because the ledger's canonical form sorts keys, and the order of steps is the author's.
    """
    return json.dumps(playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True), ensure_ascii=False)


def from_snapshot(snapshot: object, *, name: str) -> Playbook:
    """The playbook as it was when the incident's response began; raises `BadFile`.

    It was checked when it was started: a check that a later release adds must not stop a running response.
    """
    return _copy_read(snapshot if isinstance(snapshot, str) else "", name)


@lru_cache(maxsize=_REMEMBERED)
def _copy_read(snapshot: str, name: str) -> Playbook:
    """A page asks for the same copy several times."""
    try:
        value = json.loads(snapshot)
    except ValueError:
        value = None
    if value is None:
        raise BadFile.whole(name, "the kept copy cannot be read", next_step=_VERIFY)
    return fit(ReadText(value=value), Playbook, name=name)


def _checked(read: ReadText, name: str) -> Playbook:
    """Fit the shape and check what the parts mean together, and report both at once."""
    from leakguard.playbooks.fields_check import field_problems  # noqa: PLC0415  (a compiled playbook was checked)
    from leakguard.playbooks.paths_check import path_problems  # noqa: PLC0415  (as above)
    from leakguard.playbooks.sketch import sketch_of  # noqa: PLC0415  (as above)

    problems: list[Problem] = []
    playbook = None
    try:
        playbook = fit(read, Playbook, name=name)
    except BadFile as error:
        problems += error.problems
    if isinstance(read.value, dict):
        sketch = sketch_of(read.value)
        for path, problem in (*path_problems(sketch), *field_problems(sketch)):
            line = read.line_of(path)
            problems.append(Problem(where=dotted(path), text=problem.text, line=line, nearest=problem.nearest))
    if problems or playbook is None:
        raise BadFile(name, tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    return playbook
