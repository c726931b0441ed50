"""What was kept of a library that takes long to load, and which release of it is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

Held = TypeVar("Held")
Forms = Callable[[str, Mapping[str, str], Callable[[Mapping[str, str]], str]], bytes]
"""Gives the compiled form of a name and its texts, or nothing where nothing can be kept."""


class Memory(Generic[Held]):
    """What is kept, asked for when it is first needed."""

    def __init__(self) -> None:
        """Empty until somebody says where to ask."""
        self._ask: Callable[[], Held | None] | None = None
        self._kept: Held | None = None

    def rest_on(self, ask: Callable[[], Held | None]) -> None:
        """Take what `ask` returns, once; it returns `None` where nothing is kept."""
        self._ask = ask

    def kept(self) -> Held | None:
        """What is kept; whoever is asked for it may need it itself, and then finds nothing yet."""
        if self._ask is not None:
            ask, self._ask = self._ask, None
            self._kept = ask() or self._kept
        return self._kept


@lru_cache(maxsize=8)
def installed_release(package: str) -> str:
    """The release of a package, as the name of its metadata says it: to load what reads the metadata takes longer."""
    from importlib.util import find_spec  # noqa: PLC0415  (most commands need no library that is kept)

    spec = find_spec(package)
    folder = os.path.dirname(os.path.dirname(spec.origin or "")) if spec is not None else ""  # noqa: PTH120  (as above)
    entries = os.listdir(folder) if folder else []  # noqa: PTH208  (as above)
    names = [name for name in entries if name.startswith(f"{package}-") and name.endswith(".dist-info")]
    if len(names) == 1:
        return names[0].removeprefix(f"{package}-").removesuffix(".dist-info")
    from importlib.metadata import version  # noqa: PLC0415  (as above)

    return version(package)
