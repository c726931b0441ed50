"""What a page is, and what an act is: one line of a register each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from leakguard.accounts.rights import Right
    from leakguard.web.call import Answer
    from leakguard.web.console.desk import Desk

PageContext = Mapping[str, Any]
"""What a template is given."""


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for it)
    """A message that is translated where it is shown."""
    return message


class Screen(Frozen):
    """A page."""

    name: str
    """Unique, such as `incident_clocks`."""
    path: str
    """With places in braces, such as `/incidents/{incident}/clocks`."""
    title: str
    """A message; a template may say more."""
    template: str
    show: Callable[[Desk], PageContext]
    right: Right | None = None
    """What the page cannot be without; `None` for whoever is logged in."""
    section: str = ""
    """The entry of the menu that it belongs to: the name of another page, or its own."""
    tab: str = ""
    """Its label among the tabs of an incident, a message; empty for none."""
    counts: str = ""
    """Which of the overview's counts stands behind its tab; empty for none."""
    under: str = ""
    """The tab that a page about one thing of an incident belongs to: the name of another page."""
    needs_facts: bool = False
    """Whether it rests on the facts of its incident: while nobody has written any, it leads to the first of them."""
    is_live: bool = True
    """Whether its live parts are read again when the ledger gets an entry."""


class Done(Frozen):
    """Where the browser goes once an act is done."""

    path: str
    say: str = ""
    """A message other than the act's own: one of its `also`."""


class Act(Frozen):
    """A form that changes something."""

    name: str
    path: str
    screen: str
    """The page that shows the form: it comes back with what was wrong. It takes the same places in its path."""
    perform: Callable[[Desk], Done | Answer | PageContext]
    """Gives where to go; or a file; or what a template is told, where a secret is shown once."""
    done: str
    """A message: what was done."""
    also: tuple[str, ...] = ()
    """What else may be said of it, such as that nothing changed."""
    right: Right | None = None
    takes_files: bool = False
    template: str = ""
    """Of an act that answers with a page of its own."""
    keeps_nothing: bool = False
    """Whether form or answer hold a secret, so that the answer is not kept for a second try."""
    starts_process: bool = False


class Entry(Frozen):
    """An entry of the menu."""

    screen: str
    label: str
    count: str = ""
    """What of the shell's numbers stands beside it."""
    key: str = ""
    """The letter that leads to it behind `g`."""
