"""The headline is green when, and only when, nothing is open, late, unknown or undelivered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.unfinished import Area
from leakguard.reports.headline import Headline

FINISHED = {"is_closed": True, "ledger": "match"}
STATES: list[tuple[str, dict[str, Any], str]] = [
    ("nothing is left", {}, "good"),
    ("nothing is left, and notices were sent", {"told": 3, "ended": 7}, "good"),
    ("the incident is open", {"is_closed": False}, "risk"),
    ("a clock was missed", {"missed": 1}, "bad"),
    ("a step is or was late", {"late_steps": 9}, "bad"),
    ("a clock of a duty runs", {"open_duties": 3}, "risk"),
    ("it is closed by word alone", {"words": 1}, "risk"),
    ("clocks contradict each other", {"wrong_clocks": 1}, "risk"),
    ("the state of a clock is in doubt", {"doubted": 1}, "risk"),
    ("the ledger was not verified", {"ledger": ""}, "risk"),
    ("the ledger could not be verified", {"ledger": "not_verifiable"}, "risk"),
    ("the ledger does not match", {"ledger": "mismatch"}, "bad"),
    *((f"something is left of {area}", {"unfinished": {area: 1}}, "risk") for area in Area),
]


@pytest.mark.parametrize(("changes", "tone"), [state[1:] for state in STATES], ids=[state[0] for state in STATES])
def test_each_state_has_its_tone(changes: dict[str, Any], tone: str) -> None:
    assert Headline(**{**FINISHED, **changes}).tone == tone


COUNTS = st.integers(min_value=0, max_value=3)


@given(
    is_closed=st.booleans(), missed=COUNTS, late_steps=COUNTS, open_duties=COUNTS, told=COUNTS, ended=COUNTS,
    words=COUNTS, unfinished=st.dictionaries(st.sampled_from(list(Area)), COUNTS),
    ledger=st.sampled_from(["match", "mismatch", "not_verifiable", ""]),
)  # fmt: skip
def test_it_is_green_if_and_only_if_nothing_is_open_late_unknown_or_undelivered(**counts: Any) -> None:  # noqa: ANN401  (counts, and what they are of)
    left = sum(counts[name] for name in ("missed", "late_steps", "open_duties", "words"))
    left += sum(counts["unfinished"].values())
    is_finished = counts["is_closed"] and left == 0 and counts["ledger"] == "match"

    assert (Headline(**counts).tone == "good") is is_finished
