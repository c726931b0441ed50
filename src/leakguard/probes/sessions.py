"""The sessions of all protocols, each imported when its protocol is first spoken."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from leakguard.checks.protocols import PROTOCOLS
from leakguard.probes.session import KindSession, session_of


class _Sessions(Mapping[str, type[KindSession]]):
    """A scan speaks a few protocols; to import all of them would take a tenth of a second."""

    def __getitem__(self, kind: str) -> type[KindSession]:
        if kind not in PROTOCOLS:
            raise KeyError(kind)
        importlib.import_module(f"leakguard.probes.protocols.{kind}.session")
        return session_of(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(PROTOCOLS)

    def __len__(self) -> int:
        return len(PROTOCOLS)


SESSIONS: Mapping[str, type[KindSession]] = _Sessions()
"""By protocol, as the register names it."""
