"""One entry of the register: which servers a recipe gives, and how it is begun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lab.model import Server
from lab.site import Site

Start = Callable[[Site], Awaitable[list[Server]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to get, start, fill and assert one or more servers."""

    names: tuple[str, ...]
    """Of the servers that it gives."""
    datastore: str
    start: Start
    heavy: bool = False
    """Whether its start keeps a core busy for seconds."""
    core: bool = False
    """Whether a CI run without it fails."""


def core(start: Start, datastore: str, *names: str, heavy: bool = False) -> Recipe:
    """One that starts in each run."""
    return Recipe(names=names, datastore=datastore, start=start, heavy=heavy, core=True)


def further(start: Start, datastore: str, *names: str, heavy: bool = False) -> Recipe:
    """One that starts only when it or its group is named."""
    return Recipe(names=names, datastore=datastore, start=start, heavy=heavy)
