"""Examples have no deadline of their own here: a loaded machine is late, and time itself is tested with clocks."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("probes", deadline=None)
settings.load_profile("probes")
