"""Rates as people write them."""

from __future__ import annotations

import re

from leakguard.models.scope import Limits

TOTAL, PER_HOST = "500/s", "5/s"
"""What holds where a scope states nothing; see `models.scope.Limits`."""
MAX_RATE = 10_000_000.0
"""Connections a second. A 10 Gbit/s line carries 14.9 million of the smallest frames, so a larger number is a slip."""
_RATE = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)\s*/\s*s", re.ASCII)


def parse_rate(text: str) -> float:
    """`500/s` as 500.0; raises `ValueError`."""
    found = _RATE.fullmatch(text.strip())
    if not found or not 0 < float(found[1]) <= MAX_RATE:
        raise ValueError(f"must look like `500/s`, above 0 and at most {MAX_RATE:,.0f}/s")
    return float(found[1])


def limits_of(total: str, per_host: str, per_network: str | None, per_name: str | None) -> Limits:
    """The limits in numbers; raises `ValueError`.

    An owner who permits 200 a second to one address permits as much to its network and its name.
    """
    usual, host = Limits(), parse_rate(per_host)
    return Limits(
        total=parse_rate(total),
        per_host=host,
        per_network=parse_rate(per_network) if per_network else max(usual.per_network, host),
        per_name=parse_rate(per_name) if per_name else max(usual.per_name, host),
    )
