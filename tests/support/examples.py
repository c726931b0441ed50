"""How many examples hypothesis draws: the same few in every run, or many new ones where somebody looks deeper."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

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
    if DEPTH == 1 and hasattr(providers, "is_local_module_file"):
        # Constants of the modules that are loaded by then would make examples depend on which tests ran before in this
        # process; to read all sources for them takes two seconds in each worker.
        providers.is_local_module_file = lambda _: False
