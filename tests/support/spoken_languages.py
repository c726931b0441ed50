"""English on a Chinese page, where nothing says that it is English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_OWN = {"code", "kbd", "script", "style", "textarea", "time", "svg", "pre"}
"""Commands, keys and what a person wrote."""
_READ = ("title", "placeholder", "aria-label", "alt")
_ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:.'-]+[A-Za-z]{2,}){2,}")
_NAMES = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|\b[A-Z][A-Z0-9-]+\b|[\w/-]*[0-9_/][\w./-]*|\b[a-z]{2,3}(?:-[a-z]+){2,}"
    r"|leakguard [a-z]+( [a-z-]+)*|(?<![a-z])[a-z]+(?:\.[a-z]+)+(?:: [a-z]+)?"
)
"""Addresses, abbreviations, ids, zones, settings and commands."""


def english_in(page: Any) -> Iterator[str]:  # noqa: ANN401  (lxml has no types)
    """Every text of three English words or more in a row that is in no element of another language, as it is read."""
    for element in page.iter():
        if not isinstance(element.tag, str) or _is_foreign(element):
            continue
        texts = [element.text, *(child.tail for child in element), *map(element.get, _READ)]
        yield from (text.strip() for text in texts if text and _ENGLISH.search(_NAMES.sub(" | ", text)))


def _is_foreign(element: Any) -> bool:  # noqa: ANN401  (as above)
    """Whether it holds no words of the page's language: a command, or an element that names another language."""
    around = (element, *element.iterancestors())
    return any(one.tag in _OWN or (one.get("lang") and one.tag != "html") for one in around) or "mono" in (
        element.get("class") or ""
    )
