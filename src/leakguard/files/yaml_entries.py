"""Changes single values of a YAML text and leaves the rest as it was written, comments included.

Whatever cannot be changed in place is written anew, without its comments; the caller learns how many were lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from leakguard.files.yaml_text import Path, read_yaml
from leakguard.frozen import Frozen

GONE = object()
"""The value of what is taken out."""
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r"(?:^|[ \t])#")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""Where YAML begins a line."""


class EditedText(Frozen):
    """A text after its changes."""

    text: str
    lost_comments: int = 0


def edited(text: str, changes: Mapping[Path, object], *, name: str) -> EditedText:
    """The text with these values; `GONE` takes an entry out. Mappings on the way are made where there are none.

    The text is YAML that can be read; raises `BadFile` where it is not.
    """
    wanted = read_yaml(text, name=name).value if text.strip() else {}
    for path, value in changes.items():
        wanted = _put(wanted, path, value)
    before, now = comments_of(text), text
    try:
        for path, value in changes.items():
            now = _Splice(now).put(path, value)
        if read_yaml(now, name=name).value == wanted:
            return EditedText(text=now, lost_comments=max(0, before - comments_of(now)))
    except (yaml.YAMLError, ValueError):  # what stands there is of a kind that no place of the text can take
        pass
    return EditedText(text=written(wanted), lost_comments=before)


def written(value: object) -> str:
    """A document as a person would write it: blocks, in the order given."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)


def comments_of(text: str) -> int:
    """How many comments a text has."""
    found, line, column, lines = 0, 0, 0, [*_BREAK.split(text), ""]
    for token in yaml.scan(text, Loader=_LOADER):
        found += _comments_between(lines, (line, column), (token.start_mark.line, token.start_mark.column))
        line, column = token.end_mark.line, token.end_mark.column
    return found + _comments_between(lines, (line, column), (len(lines) - 1, 0))


def _comments_between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> int:
    if start[0] >= end[0]:
        return int(bool(_COMMENT.search(lines[start[0]][start[1] : end[1]]))) if start[0] == end[0] else 0
    parts = [lines[start[0]][start[1] :], *lines[start[0] + 1 : end[0]], lines[end[0]][: end[1]]]
    return sum(bool(_COMMENT.search(part)) for part in parts)


def _put(document: Any, path: Path, value: object) -> Any:  # noqa: ANN401  (YAML holds anything)
    """The document with one value, or without it."""
    head, rest = path[0], path[1:]
    inside = dict(document) if isinstance(document, Mapping) else {}
    if rest:
        inside[head] = _put(inside.get(head), rest, value)
    elif value is GONE:
        inside.pop(head, None)
    else:
        inside[head] = value
    return inside


class _Splice:
    """One text and where its nodes stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text)), len(text)]
        self._root = yaml.compose(text, Loader=_LOADER)

    def put(self, path: Path, value: object) -> str:
        """The text with one value. Raises `ValueError` where something else than a mapping is on the way."""
        if self._root is None:
            return written(_put({}, path, value))
        node, key = self._root, yaml.Node("", None, None, None)
        for depth, word in enumerate(path):
            if not isinstance(node, yaml.MappingNode):
                if not _is_empty(node):
                    raise ValueError("no mapping stands there")
                return self._replace(key, node, _put({}, path[depth:], value))
            found = next((pair for pair in node.value if pair[0].value == word), None)
            if found is None:
                return self._insert(node, str(word), _put({}, path[depth:], value)[word] if value is not GONE else GONE)
            if depth == len(path) - 1 and value is GONE:
                return self._remove(key, node, found)
            key, node = found
        return self._replace(key, node, value)

    def _at(self, mark: Any) -> int:  # noqa: ANN401  (PyYAML has no types)
        return int(self._starts[mark.line] + mark.column)

    def _end(self, node: yaml.Node) -> int:
        """Where a node ends; a block ends with its last part, and not where the next one begins."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = self._at(node.start_mark), self._at(node.end_mark)
        return start + len(self._text[start:end].rstrip())

    def _replace(self, key: yaml.Node, node: yaml.Node, value: object) -> str:
        if _is_empty(node) and not self._text[self._at(node.start_mark) : self._at(node.end_mark)]:
            at = self._text.index(":", self._at(key.end_mark)) + 1
            return f"{self._text[:at]} {_flow(value)}{self._text[at:]}"
        start, end = self._at(node.start_mark), self._end(node)
        return f"{self._text[:start]}{_flow(value)}{self._text[end:]}"

    def _insert(self, node: yaml.MappingNode, word: str, value: object) -> str:
        if value is GONE:
            return self._text
        entry = f"{_flow(word)}: {_flow(value)}"
        if node.flow_style:
            at = self._at(node.end_mark) - 1
            return f"{self._text[:at]}{', ' if node.value else ''}{entry}{self._text[at:]}"
        end = self._text.find("\n", self._end(node))
        end = len(self._text) if end < 0 else end
        return f"{self._text[:end]}\n{' ' * node.value[0][0].start_mark.column}{entry}{self._text[end:]}"

    def _remove(self, key: yaml.Node, node: yaml.MappingNode, pair: tuple[yaml.Node, yaml.Node]) -> str:
        if node.flow_style or len(node.value) == 1:
            rest = {key.value: yaml.safe_load(yaml.serialize(value)) for key, value in node.value if key is not pair[0]}
            return self._replace(key, node, rest)
        start = self._starts[pair[0].start_mark.line]
        end = self._text.find("\n", self._end(pair[1]))
        return self._text[:start] + (self._text[end + 1 :] if end >= 0 else "")


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _flow(value: object) -> str:
    """A value in one line."""
    line = yaml.dump(
        value, Dumper=_InOneLine, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9
    )
    return line.strip().removesuffix("...").strip()


class _InOneLine(yaml.SafeDumper):
    """Text of several lines stands in quotes with its line ends written out."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if _BREAK.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_InOneLine.add_representer(str, _quoted)
