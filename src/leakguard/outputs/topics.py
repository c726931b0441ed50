"""The pages of the documentation that ship, as topics of `leakguard help`: found by name, shown in a terminal."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping

from leakguard.errors import NotFound
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen

FOLDER = "docs"
SECTIONS: Mapping[str, str] = {
    "tutorials": "Tutorials", "how-to": "How to", "reference": "Reference", "explanation": "Explanation",
    "zh": "中文",
}  # fmt: skip
"""By folder, in the order in which they are listed."""
_LINK = re.compile(r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<to>[^)\s]*)\)")
_GENERATED = re.compile(r"<!--.*?-->\n?", re.DOTALL)


class Topic(Frozen):
    """One page."""

    name: str
    """The name of its file, without the ending; of a page in Chinese with `zh-` before it."""
    title: str
    section: str
    file: str
    """Below the folder of the documentation."""


def topics(texts: Mapping[str, str]) -> tuple[Topic, ...]:
    """Every page, by section and title; `texts` are the files below the folder of the documentation."""
    found = [
        Topic(name=_stem(file), title=_title(text), section=_section(file), file=file) for file, text in texts.items()
    ]
    order = [*(section for section in SECTIONS.values() if section != SECTIONS["zh"]), "", SECTIONS["zh"]]
    return tuple(sorted(found, key=lambda topic: (order.index(topic.section), topic.title)))


def topic_named(name: str, known: tuple[Topic, ...]) -> Topic:
    """The topic of this name; raises `NotFound`, which names the nearest."""
    wanted = "-".join(name.lower().split())
    for topic in known:
        if topic.name == wanted:
            return topic
    near = nearest_name(wanted, [topic.name for topic in known])
    ask = f"Did you mean `leakguard help {near}`? " if near else ""
    raise NotFound(f"there is no topic `{name[:60]}`", next_step=f"{ask}List all of them: leakguard help")


def list_lines(known: tuple[Topic, ...]) -> Iterator[str]:
    """All topics, a line each, under the titles of their sections."""
    widest = max(len(topic.name) for topic in known)
    section = None
    for topic in known:
        if topic.section != section:
            section = topic.section
            yield section or "Words"
        yield f"  {topic.name:<{widest}}  {topic.title}"


def plain(text: str, names: Collection[str], *, file: str = "") -> str:
    """The page `file` without what a terminal has no use for: comments and pictures. A link names its topic, if any."""

    def shown(link: re.Match[str]) -> str:
        if link[0].startswith("!"):
            return ""
        if "://" in link["to"]:
            return link[0]
        page = _stem(posixpath.normpath(posixpath.join(posixpath.dirname(file), link["to"].partition("#")[0])))
        return f"{link['text']} (`leakguard help {page}`)" if page in names else link["text"]

    return _LINK.sub(shown, _GENERATED.sub("", text))


def _stem(file: str) -> str:
    name = file.rpartition("/")[2].removesuffix(".md")
    return f"zh-{name}" if file.startswith("zh/") else name


def _section(file: str) -> str:
    return SECTIONS.get(file.partition("/")[0], "")


def _title(text: str) -> str:
    first = next((line for line in text.splitlines() if line.startswith("# ")), "# ")
    return first.removeprefix("# ").strip()
