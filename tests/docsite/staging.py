"""The pages of `docs/` as Sphinx reads them: the same text, with lists of pages and with links that work in the site.

On its own a page is read in a code host, in an editor or by `leakguard help`, so nothing in it speaks of Sphinx. Here
the lists of the index pages become the navigation, what lies outside of `docs/` comes along, and a link to a page of
the other language leads to where that language is built.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath

from docsite.lists import filled
from rules.docs_parts import DOCS, ROOT

HOMES: Mapping[str, str] = {"en": "", "zh": "zh"}
"""By language: where its site is, below that of English; the sources are in the same folder below `docs/`."""
INDEXES = ("index.md", "decisions/index.md")
"""The pages whose lists say which pages there are."""
PROJECT = "project"
"""The folder of the site for what lies outside of `docs/`."""
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<text>\[(?:[^\[\]]|\[[^\[\]]*\])*\])\((?P<to>[^)\s]+)\)")
_LISTED = re.compile(
    r"^- \[[^\]]+\]\((?P<to>[^)#]+\.md)\)|^## (?P<section>.+)$|^(?P<label>[^\n|#-][^\n|]*)[:：]$", re.MULTILINE
)
_TITLES_OF_PROJECT = {"en": "Project", "zh": "项目"}


def write_sources(folder: Path, lang: str, on: date) -> None:
    """Every page of one language below `folder`, and the pages and files outside of `docs/` that these lead to."""
    waiting = [page for page in sorted(DOCS.rglob("*.md")) if language_of(page) == lang]
    done: set[Path] = set()
    extra: list[str] = []
    while waiting:
        page = waiting.pop(0)
        if page in done:
            continue
        done.add(page)
        place = place_of(page, lang)
        text, used = relinked(page, lang)
        _copy(used, folder, lang)
        waiting += [one for one in used if one.suffix == ".md"]
        extra += [place] if place.startswith(f"{PROJECT}/") else []
        _put(folder / place, with_navigation(filled(text, on), place))
    index = folder / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + _toctree(_TITLES_OF_PROJECT[lang], extra), encoding="utf-8")


def language_of(page: Path) -> str:
    """The language of a page: that of its folder; English outside of `docs/`."""
    below = page.relative_to(DOCS).parts if page.is_relative_to(DOCS) else ()
    return "zh" if below[:1] == ("zh",) else "en"


def place_of(path: Path, lang: str) -> str:
    """Where a file of the repository is in the sources of one language."""
    if not path.is_relative_to(DOCS):
        name = path.relative_to(ROOT).as_posix().replace("/", "-").lower()
        return f"{PROJECT}/{name}" if path.suffix == ".md" else f"{PROJECT}/files/{name}"
    inside = path.relative_to(DOCS)
    return (inside.relative_to("zh") if lang == "zh" and inside.parts[0] == "zh" else inside).as_posix()


def relinked(page: Path, lang: str) -> tuple[str, list[Path]]:
    """The text of a page with links that work in the site, and the files that have to come along."""
    used: list[Path] = []
    here = PurePosixPath(place_of(page, lang)).parent

    def one(found: re.Match[str]) -> str:
        link, _, anchor = found["to"].partition("#")
        if not link or "://" in link or link.startswith("mailto:"):
            return found[0]
        target = (page.parent / link).resolve()
        if target.suffix == ".md" and is_of_other_site(target, lang):
            return f'<a href="{url_of(target, lang, here, anchor)}">{found["text"][1:-1]}</a>'
        if not target.is_relative_to(DOCS) or target.suffix != ".md":
            used.append(target)
        to = os.path.relpath(place_of(target, lang), here)
        return f"{found['text']}({to}{'#' if anchor else ''}{anchor})"

    return "".join(_outside_of_code(page.read_text(encoding="utf-8"), one)), used


def is_of_other_site(target: Path, lang: str) -> bool:
    """Whether a page is built in the site of the other language; what lies outside of `docs/` is in the English one."""
    return language_of(target) != lang


def url_of(target: Path, lang: str, here: PurePosixPath, anchor: str) -> str:
    """The address of a page of the other language, from a page in the folder `here` of this one."""
    other = language_of(target)
    built = PurePosixPath(HOMES[other]) / PurePosixPath(place_of(target, other)).with_suffix(".html")
    return os.path.relpath(built, PurePosixPath(HOMES[lang]) / here) + (f"#{anchor}" if anchor else "")


def _outside_of_code(text: str, change: object) -> Iterator[str]:
    """The parts of a text, of which only those outside of fenced blocks are changed."""
    assert callable(change)
    end = 0
    for block in _FENCE.finditer(text):
        yield _LINK.sub(change, text[end : block.start()])
        yield block[0].replace("```mermaid", "```text")  # nothing draws it without a script from elsewhere
        end = block.end()
    yield _LINK.sub(change, text[end:])


def with_navigation(text: str, place: str) -> str:
    """The text of an index page with the navigation that its lists make; that of any other page as it is."""
    return text + "".join(_toctrees(text)) if place in INDEXES else text


def _toctrees(text: str) -> Iterator[str]:
    """One for each list: by the section that it stands in, and by the label above it."""
    section, label, seen = "", "", set[str]()
    lists: dict[str, list[str]] = {}
    for found in _LISTED.finditer(text):
        if found["section"]:
            section, label = found["section"], ""
        elif found["label"]:
            label = found["label"]
        elif found["to"] not in seen:
            seen.add(found["to"])
            lists.setdefault(": ".join(filter(None, (section, label.lower()))), []).append(found["to"])
    for caption, pages in lists.items():
        yield _toctree(caption, pages)


def _toctree(caption: str, pages: list[str]) -> str:
    if not pages:
        return ""
    head = [f":caption: {caption}"] if caption else []
    return "\n".join(["", "", "```{toctree}", ":hidden:", *head, "", *pages, "```", ""])


def _copy(used: list[Path], folder: Path, lang: str) -> None:
    for path in used:
        if path.suffix != ".md":
            to = folder / place_of(path, lang)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
