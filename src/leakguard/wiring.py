"""Wiring: joins ports and adapters, and is the only room that reads the clock and makes randomness.

May import everything but `cli`.
Never holds a rule.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from leakguard.bundled import Bundled
from leakguard.settings import Settings, read_settings

if TYPE_CHECKING:
    from leakguard.store.sql_store import SqlStore


class Wiring:
    """The adapters of one run of the command, each made when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @classmethod
    def from_environment(cls, *, store: str | None = None) -> Wiring:
        """Read `leakguard.toml` and the environment."""
        return cls(read_settings(store=store))

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def token(self, length: int = 8) -> str:
        """Random lower-case hex, to name a run or a finding."""
        return secrets.token_hex(length)[:length]

    @cached_property
    def bundled(self) -> Bundled:
        """The data folders."""
        return Bundled()

    @cached_property
    def store(self) -> SqlStore:
        """The store, opened and migrated."""
        from leakguard.store.sql_store import SqlStore  # noqa: PLC0415

        return SqlStore.open(self.settings.store, now=self.now, token=self.token)
