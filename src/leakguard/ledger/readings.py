"""What the clocks of machines said while the ledger was written, and how far they may differ."""

from __future__ import annotations

from datetime import timedelta

SKEW = timedelta(minutes=2)
"""Two clocks that differ by no more are both taken for right: NTP keeps them within seconds."""
