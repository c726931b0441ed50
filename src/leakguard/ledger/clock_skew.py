"""How far the system clocks of two machines may differ."""

from __future__ import annotations

from datetime import timedelta

SKEW = timedelta(minutes=2)
"""Two system clocks that differ by no more both count as right; NTP keeps them within seconds."""
