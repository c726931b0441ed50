"""The nodes of a YAML text as plain values; see `yaml_text`. Apart, so that whoever reads no YAML loads none."""

from __future__ import annotations

import re
from typing import Any

import yaml

from leakguard.errors import BadFile, Problem
from leakguard.files.read_text import Path, ReadText, dotted

MAX_NODES = 2_500_000
"""Values, lists and mappings of a text that may be longer: each takes some 450 bytes while it is read."""
MAX_DEPTH = 40
"""Nesting beyond this is an attack or a mistake; our own files reach eight."""
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML has it: the duties are read in a tenth of a second and not in more than one."""
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({f"{_TAG}{word}" for word in ("str", "int", "float", "bool", "null")})
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""What escapes such as `\\ud83d` leave behind; no text that is written or shown can hold it."""

_CONTROL = re.compile("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""What YAML takes as an escape alone: in a terminal it moves the cursor, clears the screen or sets its title."""
MOST_DIGITS = 1000
"""Longer whole numbers are refused: Python writes none of more than 4,300 digits, and `0x` makes one in no time."""


class _Builder:
    """Builds plain values from YAML nodes, one visit a node."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[Path, int] = {}
        self._constructor = yaml.constructor.SafeConstructor()

    def build(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401  (YAML holds anything)
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(path, "a key must be a plain word")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in values:
                self.lines[here] = key_node.start_mark.line + 1
                self._problem(here, f"the key `{key}` stands here twice")
                continue
            values[key] = self.build(value_node, here)
            self.lines[here] = key_node.start_mark.line + 1
        return values

    def _scalar(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401  (YAML holds anything)
        if _stays_text(node):
            return node.value
        if node.tag not in _PLAIN_TAGS:
            self._problem(path, "a value of this kind is not allowed")
            return None
        if node.tag != f"{_TAG}str" and len(node.value) > MOST_DIGITS:
            self._problem(path, f"a number of more than {MOST_DIGITS:,} digits")
            return None
        try:
            return self._constructor.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError) as error:
            self._problem(path, f"unreadable value ({type(error).__name__})")
            return None

    def _problem(self, path: Path, text: str) -> None:
        self.problems.append(Problem(where=dotted(path), text=text, line=self.lines.get(path)))


def _stays_text(node: yaml.Node) -> bool:
    """Dates, times of day, `yes` and `no`, and digits behind a zero are words here, whatever YAML 1.1 makes of them.

    YAML 1.1 reads `22:30` as 1350 and `0211` as 137.
    """
    if node.tag == f"{_TAG}bool":
        return node.value.lower() not in {"true", "false"}
    if node.tag in {f"{_TAG}int", f"{_TAG}float"}:
        return ":" in node.value or _LEADING_ZERO.fullmatch(node.value) is not None
    return bool(node.tag == f"{_TAG}timestamp")


def values_of(text: str, name: str, *, is_recorded: bool) -> tuple[ReadText, tuple[Problem, ...]]:
    """Plain values, and what YAML forgives but no file of ours may hold; raises `BadFile` for what is no YAML."""
    try:
        _refuse_aliases(text, name, is_recorded=is_recorded)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadFile.whole(name, f"not YAML: {error.problem}", line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadFile.whole(name, f"not YAML ({type(error).__name__})") from error
    if node is None:
        raise BadFile.whole(name, "the file is empty")
    builder = _Builder()
    value = builder.build(node, ())
    return ReadText(value=value, lines=builder.lines), tuple(builder.problems)


def _unfit(value: str, *, is_recorded: bool) -> str | None:
    """Why a text may not stand in a file, or nothing."""
    if _HALF_CHARACTER.search(value):
        return "holds half of a character; write it out"
    found = None if is_recorded else _CONTROL.search(value)
    return f"holds the control character U+{ord(found[0]):04X}; take it out" if found else None


def _refuse_aliases(text: str, name: str, *, is_recorded: bool) -> None:
    """An alias can make a small file huge, and none of our files needs one; depth is checked on the way."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if number > 2 * MAX_NODES:
            raise BadFile.whole(name, f"holds more than {MAX_NODES:,} values")
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise BadFile.whole(name, "aliases (`*name`) are not allowed", line=line)
        if isinstance(event, yaml.ScalarEvent) and (unfit := _unfit(event.value, is_recorded=is_recorded)):
            raise BadFile.whole(name, unfit, line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise BadFile.whole(name, f"nested deeper than {MAX_DEPTH} levels", line=line)
