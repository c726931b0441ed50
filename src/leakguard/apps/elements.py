"""An element of a manifest, whichever form it was compiled to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ATTRIBUTES: Mapping[int, str] = {
    0x01010001: "label", 0x01010003: "name", 0x01010006: "permission", 0x0101000F: "debuggable",
    0x0101020C: "minSdkVersion", 0x0101021B: "versionCode", 0x0101021C: "versionName", 0x01010270: "targetSdkVersion",
    0x01010271: "maxSdkVersion", 0x01010644: "usesPermissionFlags",
}  # fmt: skip
"""Android finds attributes by these numbers (`android.R.attr`), whatever name stands beside them."""
PLAIN = frozenset({"package", "split"})
"""Those without a namespace and a number."""
MOST_ELEMENTS = 100_000
MOST_ATTRIBUTES = 200
MOST_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that stands in the app's resources."""

    number: int


Value = str | int | bool | Reference


@dataclass(frozen=True, slots=True)
class Element:
    """Where it stands, from the root on, and the attributes that we read: Android's, and those without a namespace."""

    path: tuple[str, ...]
    attributes: Mapping[str, Value]

    def text(self, name: str) -> str:
        """An attribute as text; empty where there is none, and for one that stands in the resources."""
        value = self.attributes.get(name, "")
        return "" if isinstance(value, Reference) else str(value)

    def number(self, name: str) -> int | None:
        """An attribute as a number; nothing where there is none, or it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None  # noqa: PLR2004  (32 bits)

    def is_in_resources(self, name: str) -> bool:
        """Whether what an attribute says can be read from the resources alone."""
        return isinstance(self.attributes.get(name), Reference)
