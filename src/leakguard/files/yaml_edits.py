"""Changes single texts of a YAML file in place: comments, order and layout of all else stay as a person wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

import yaml

from leakguard.errors import BadFile
from leakguard.files.read_text import Path
from leakguard.frozen import Frozen


class Scalar(Frozen):
    """One text of a file, and where it stands."""

    path: Path
    text: str
    start: int
    """The first character."""
    end: int
    """Behind the last one."""


@lru_cache(maxsize=8)
def scalars_of(text: str, *, name: str) -> tuple[Scalar, ...]:
    """Every text of a YAML file in its order; raises `BadFile` for what is no YAML. The last files are remembered."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadFile.whole(name, "is no YAML that can be read") from error
    return tuple(_scalars(root, (), text)) if root is not None else ()


def with_texts(text: str, changes: Mapping[Scalar, str]) -> str:
    """The file with other texts in the places of these."""
    for scalar in sorted(changes, key=lambda scalar: scalar.start, reverse=True):
        written = json.dumps(changes[scalar], ensure_ascii=False)
        text = f"{text[: scalar.start]}{written}{text[scalar.end :]}"
    return text


def _scalars(node: yaml.Node, path: Path, text: str) -> Iterator[Scalar]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*path, str(key.value)), text)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(value, (*path, index), text)
    else:
        start, end = node.start_mark.index, node.end_mark.index
        yield Scalar(path=path, text=str(node.value), start=start, end=start + len(text[start:end].rstrip()))
