"""What rooms need of a cloud in which the organisation has accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from leakguard.models.clouds import CloudLook, Unit


class Cloud(Protocol):
    """Reads the settings of our own accounts; changes nothing and reads no data."""

    def account(self, profile: str) -> str:
        """The account that a profile leads to; raises `CloudRefused` where it leads to none."""

    def regions(self, profile: str) -> tuple[str, ...] | None:
        """The regions that the account uses; nothing where it may not be asked for them."""

    def home(self, profile: str) -> str:
        """The region that the profile names itself, or the provider's first one."""

    def looks(self, units: Sequence[Unit], kinds: Collection[str]) -> Iterator[CloudLook]:
        """Ask each unit for all its resources of these kinds; what each told comes as it is done, in no order."""
