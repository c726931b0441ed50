"""Masks: how the name of a collection or a field is shown, so that nothing is shown that is a value itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_SHOWN = 60
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes that move a cursor, turn the reading direction or show nothing."""
_DIGITS = re.compile(r"[0-9]+(?:[.-][0-9]+)*", re.ASCII)
_PLAIN = re.compile(r"(?!(?:[^0-9]*[0-9]){9})(?!(?:[^.]*\.){3})(?!(?:[^-]*-){5})(?!.*xox)[a-z0-9._-]{1,23}", re.ASCII)
"""Names that hold no value, so that nobody has to look for one: every kind of value is longer, or has nine digits,
capital letters, other signs, three dots as an IP address, five dashes as a MAC address, or begins as a token does."""
_LONG_NUMBER = re.compile(r"[0-9]{9,}", re.ASCII)
"""Longer than any date: a number of somebody, whatever its checksum says."""


def shown_name(name: str) -> str:
    """The name for a finding: without control characters, cut, or its kind in brackets where it is a value."""
    if _PLAIN.fullmatch(name):
        return name
    from leakguard.sensitivity.values import sure_kinds  # noqa: PLC0415  (dozens of patterns, for few names)

    plain = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in _UNSAFE else sign for sign in name[:500]
    )
    if found := sure_kinds(plain):
        return f"[a name that holds {found[0]}]"
    plain = _LONG_NUMBER.sub("[number]", plain)
    return plain if len(plain) <= LONGEST_SHOWN else plain[: LONGEST_SHOWN - 1] + "…"


def pattern_of(name: str) -> str:
    """What the names of a series have in common: `mail-2019.05` and `mail-2019.06` as `mail-*`."""
    return _DIGITS.sub("*", name)


def shown_series(names: Iterable[str]) -> str:
    """One name as it is, several of one series as `mail-* (31)`."""
    several = tuple(dict.fromkeys(names))
    return shown_name(several[0]) if len(several) == 1 else f"{shown_name(pattern_of(several[0]))} ({len(several)})"
