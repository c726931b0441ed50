"""What a right verdict is on a front, and why: written down before any scan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from leakguard.checks.protocols import OF_PAGES

AT_THE_FRONT = frozenset({"flower"})
"""Kinds whose front page is itself what a stranger should not see, beside what was asked behind it."""
PROVED_BY_A_REFUSAL = frozenset({"mcp", "syncthing", "transmission"})
"""Kinds that are proved open by how they refuse a question: for want of a token that everybody gets, or of a stream."""
NAMED_BY_THE_PAGE = frozenset({"page", "parse_server", "pocketbase", "strapi"})
"""Kinds that only the owner's page names: what it ships, or what the tables are called that its scripts ask for."""
SCRIPTS_FROM_THE_ROOT = frozenset({"page", "parse_server", "pocketbase", "strapi"})
"""Kinds whose page in the lab loads its scripts from the root (`src="/..."`), as the tools for pages write it."""
_WITHOUT_THE_PAGE = frozenset({"guarded front page", "single sign-on", "own front page"})
_PAGE_ALONE = frozenset({"guarded but for the front page", "firewall"})
_TOKEN_WANTED = 409
_NOT_SENT = 304
"""The answer to a question that asks for nothing of what is there: it proves as much as 200."""
_NONSENSE = re.compile(r"[0-9a-f]{12}")
"""In the path that cannot exist, which some servers answer as well; that proves nothing."""
Wanted = Literal["open", "closed", "unsettled"]
"""`open`: it must be found. `closed`: it must not be reported open. `unsettled`: open or unclear, never protected."""
OPEN = frozenset({"exposed", "partially_exposed"})
PASSES = "a stranger reads the same as without the front"
WANTED: Mapping[str, tuple[Wanted, str]] = {
    "plain proxy": ("open", f"{PASSES}; only the header Server is another"),
    "guarded front page": ("open", "only the front page asks for a login: what proves the exposure is behind it"),
    "guarded but for the front page": (
        "closed",
        "all but the front page asks for a login; what that page names is names only",
    ),
    "guarded": ("closed", "everything asks for a login"),
    "single sign-on": ("open", "only the front page leads to a login, on a host that is out of scope and never asked"),
    "private authority": ("open", f"{PASSES}, in TLS whose authority no trust store knows"),
    "below a path": ("open", f"{PASSES}, below the path that the user named"),
    "own front page": ("open", "only the front page is another"),
    "firewall": ("closed", "a page of a firewall with status 200 stands for all but the front page"),
    "HTTP/1.0 and odd heads": ("open", f"{PASSES}, in HTTP/1.0, without a length, with odd names of headers"),
    "rate limiter": ("unsettled", "after a few requests it answers 429 alone: what was not seen is no protection"),
}
"""State to what is right of a server that is open."""
ASKED_BY_POST = frozenset({"kibana"})
"""Kinds whose check asks by POST as well, so that it is not asked below a path, whatever answer proved them here."""
_BELOW_A_PATH = {"GET", "HEAD"} | OF_PAGES
"""Methods of requests that are made below a path too; questions about pages go to the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is right of one front."""

    wanted: Wanted
    why: str


def expectation(state: str, datastore: str, form: str, asked: Iterable[Mapping[str, Any]]) -> Expectation:
    """Of a server of that kind and form; `asked` are the requests that proved it open when it was reached directly."""
    if form != "open":
        return Expectation(wanted="closed", why="the server behind it is protected")
    most = _TOKEN_WANTED if datastore in PROVED_BY_A_REFUSAL else 299
    proving = {*range(most + 1), _NOT_SENT}
    answered = [each for each in asked if (each["status"] or 200) in proving and not _NONSENSE.search(each["what"])]
    wanted, why = next(
        ((wanted, why) for holds, wanted, why in _exceptions(state, datastore, answered) if holds), WANTED[state]
    )
    return Expectation(wanted=wanted, why=why)


def _exceptions(
    state: str, datastore: str, answered: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[bool, Wanted, str]]:
    """What of its kind is right in this state, where that is another than of most; the first that holds counts."""
    is_only_front = all(each["what"].partition("?")[0] in {"", "/"} for each in answered)
    yield (
        state in _WITHOUT_THE_PAGE and datastore in NAMED_BY_THE_PAGE,
        "unsettled",
        "only the page says what there is to be had, and it is not to be had here",
    )
    yield (
        state == "below a path" and datastore in SCRIPTS_FROM_THE_ROOT,
        "unsettled",
        "the page loads its scripts from the root, where this front has nothing for anybody",
    )
    yield (
        state in _PAGE_ALONE and (is_only_front or datastore in AT_THE_FRONT),
        "unsettled",
        "what proves the exposure is the front page, which is free here",
    )
    yield (
        state in _WITHOUT_THE_PAGE and is_only_front,
        "closed",
        "what proves the exposure is the front page, which is not to be had here",
    )
    yield (
        state == "below a path"
        and (datastore in ASKED_BY_POST or any(each["method"] not in _BELOW_A_PATH for each in answered)),
        "closed",
        "below a path only GET and HEAD are sent, which is a stated limit",
    )
