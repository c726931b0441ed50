"""Search: what the words in the box at the head of each page name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.web.console.links import next_of, page_of
from leakguard.web.console.screen import N_, Act, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

A_KIND = 12
TITLES = {
    "incidents": N_("Incidents"),
    "letters": N_("Letters and limits"),
    "events": N_("Events"),
    "evidence": N_("Pieces of evidence"),
    "exposures": N_("Open to the internet"),
    "duties": N_("Laws and duties"),
    "people": N_("People"),
}
_LISTS = {"evidence": "evidence_items"}
"""The page that lists a kind, where it is not called as it is."""


def search(desk: Desk) -> PageContext:
    """What was found, kind by kind."""
    words = " ".join(desk.query.get("q", "")[:200].split())
    asked = {"q": words, "limit": A_KIND, "lang": desk.words.language}
    return {
        "words": words, "result": desk.ask("search", path={}, query=asked), "titles": TITLES,
        "next_of": lambda clock: next_of(desk, clock),
        "places": {name: page_of(desk, (_LISTS.get(name, name),), {}) for name in TITLES},
        "duty_page": lambda duty: page_of(desk, ("duty",), {"duty": duty}),
    }  # fmt: skip


SCREENS = (
    Screen(
        name="search", path="/search", title="Find", template="search/search.html", show=search,
        right=Right.READ_INCIDENTS,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = ()
