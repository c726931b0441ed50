"""Remembers what the YAML reader made of texts that come again and again: tests read what ships by the thousand.

The reader is the real one: it reads every text the first two times, every short text always, and refuses by itself.
From then on its own result is given out again, each time as new values. To read the same few templates for hundreds
of letters was more than a third of the time of the tests of the notices.
"""

from __future__ import annotations

import marshal
from typing import NamedTuple

from leakguard.errors import Problem
from leakguard.files import yaml_nodes
from leakguard.files.read_text import Path, ReadText

SHORTEST = 400
"""Characters; a shorter text, as those that a test invents, is read each time."""


class _Known(NamedTuple):
    value: bytes
    lines: dict[Path, int]
    problems: tuple[Problem, ...]


class YamlMemory:
    """`yaml_nodes.values_of`, with a memory of the texts that it was given twice."""

    def __init__(self) -> None:
        self._read = yaml_nodes.values_of
        self._seen: set[int] = set()
        self._known: dict[tuple[object, ...], _Known] = {}

    def values_of(self, text: str, name: str, *, is_recorded: bool) -> tuple[ReadText, tuple[Problem, ...]]:
        """As the real one; a text that is refused is refused by it each time."""
        if len(text) < SHORTEST:
            return self._read(text, name, is_recorded=is_recorded)
        key = (text, is_recorded, *_settings())
        known = self._known.get(key)
        if known is not None:
            return ReadText(value=marshal.loads(known.value), lines=known.lines), known.problems  # noqa: S302  (our own)
        read, problems = self._read(text, name, is_recorded=is_recorded)
        if hash(key) in self._seen:  # what a test invents comes once
            self._known[key] = _Known(marshal.dumps(read.value), read.lines, problems)
        self._seen.add(hash(key))
        return read, problems


def _settings() -> tuple[object, ...]:
    """What a test may change in the reader, to see it read otherwise."""
    return yaml_nodes._LOADER, yaml_nodes.MAX_NODES, yaml_nodes.MAX_DEPTH, yaml_nodes.MOST_DIGITS  # noqa: SLF001


def remember_yaml() -> None:
    """From now on, in this process."""
    yaml_nodes.values_of = YamlMemory().values_of
