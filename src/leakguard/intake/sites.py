"""What is wrong with the report contacts of a site, as results with a level; complaint contacts on home pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from leakguard.files.fitting import load
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import Frozen
from leakguard.intake.promises import FOLDER, Confidence
from leakguard.intake.reading import words_of_page

FILE = "site_rules.yaml"
MOST_PAGE = 1024 * 1024
_COMPLAINT = re.compile(r"举报|投诉|舉報|投訴")
_REACHED = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{3,100}"
    r"|(?<!\d)(?:\+?86[- ]?)?(?:0\d{2,3}[- ]?\d{7,8}|1\d{10}|400[- ]?\d{3}[- ]?\d{4}|12377)(?!\d)"
)
_NEAR = 120
"""Characters around the word in which an address or a number stands."""


class SiteRule(LightShape):
    """One thing that can be wrong."""

    level: Literal["error", "advice"]
    text: str
    fix: str


class SiteRules(LightShape):
    """The file."""

    source: str
    source_kind: str
    checked: str
    confidence: Confidence
    rules: dict[str, SiteRule]


class SiteResult(Frozen):
    """One thing that is wrong with one site."""

    site: str
    code: str
    level: str
    text: str
    fix: str
    detail: str = ""


class CheckedSite(Frozen):
    """One site, checked."""

    site: str
    url: str = ""
    expires: datetime | None = None
    is_signed: bool = False
    results: tuple[SiteResult, ...] = ()
    unchecked: tuple[str, ...] = ()
    """The codes that this check did not look for, such as those of a signature without a keyring."""
    unanswered: str = ""
    """What is not known, and why; empty where the site answered. With a `url` its file was read all the same."""


def load_site_rules(texts: Mapping[str, str]) -> SiteRules:
    """Raises `BadFile` that names every problem."""
    return load(texts[FILE], SiteRules, name=f"{FOLDER}/{FILE}")


def results_for(
    site: str, codes: Iterable[str], rules: SiteRules, details: Mapping[str, str]
) -> tuple[SiteResult, ...]:
    """The results of one site, errors first."""
    found = [
        SiteResult(
            site=site, code=code, level=rules.rules[code].level, text=rules.rules[code].text,
            fix=rules.rules[code].fix, detail=details.get(code, ""),
        )
        for code in dict.fromkeys(codes)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda site_result: site_result.level != "error"))


def has_complaint_contact(page: bytes) -> bool:
    """Whether a home page names an address or a telephone near a word for complaints, in its words or its links."""
    text = words_of_page(page[:MOST_PAGE].decode("utf-8", "replace"))
    return any(
        _REACHED.search(text, max(0, found.start() - _NEAR), found.end() + _NEAR) for found in _COMPLAINT.finditer(text)
    )
