"""How many examples hypothesis draws: the same few in every run, or many new ones where somebody looks deeper."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

DEPTH = int(os.environ.get("LEAKGUARD_EXAMPLES", "1"))
"""Times as many examples as usual; `make test-deep` asks for fifty."""
USUAL = 50


def examples(number: int) -> settings:
    """`number` examples of one test, or `DEPTH` times as many."""
    return settings(max_examples=number * DEPTH)


def choose_examples() -> None:
    """Usually the examples are the same in every run, so that a run of nothing new fails for nothing new."""
    settings.register_profile(
        "house",
        max_examples=USUAL * DEPTH,
        deadline=None,
        derandomize=DEPTH == 1,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("house")
