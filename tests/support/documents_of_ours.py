"""The README and the pages of `docs/`, taken apart: links, blocks of code, words set as code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from leakguard.frozen import Frozen

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


class Block(Frozen):
    """A fenced block of code, without the indent of the list that it stands in."""

    page: Path
    language: str
    body: str


def blocks_of(page: Path, *languages: str) -> Iterator[Block]:
    """The blocks of a page in these languages, in their order."""
    for found in _FENCE.finditer(page.read_text(encoding="utf-8")):
        if found["language"] in languages:
            lines = found["body"].splitlines()
            body = "\n".join(line.removeprefix(found["indent"]) for line in lines)
            yield Block(page=page, language=found["language"], body=body)


def typed_lines(page: Path) -> list[str]:
    """What a reader types: each line behind `$ ` of the page's console blocks."""
    bodies = [block.body for block in blocks_of(page, "console")]
    return [line[2:] for body in bodies for line in body.splitlines() if line.startswith("$ ")]


def words_as_code(page: Path) -> list[str]:
    """What stands between single backticks outside of blocks, each on one line."""
    return [" ".join(found.split()) for found in _CODE.findall(prose_of(page))]


def links_of(page: Path) -> list[str]:
    """The targets of a page's links outside of blocks, as written."""
    return _LINK.findall(_CODE.sub("", prose_of(page)))


def anchors_of(page: Path) -> set[str]:
    """The names by which links reach the headings of a page, as GitHub makes them."""
    titles = [re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()) for title in _HEADING.findall(prose_of(page))]
    return {title.replace(" ", "-") for title in titles}


def prose_of(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))
