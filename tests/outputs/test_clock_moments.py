"""Moments in sentences about clocks stand in the form in which the list of clocks has them."""

from __future__ import annotations

import pytest

from leakguard.outputs.clock_moments import said_moments


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "Work by 2026-12-03T13:03:48+08:00 (Thursday, 2026-12-03T05:03:48Z).",
            "Work by Thu 2026-12-03 13:03:48 +08:00 (Thu 2026-12-03 05:03:48 UTC).",
        ),
        ("Announced until 2026-12-31T00:00:00Z.", "Announced until Thu 2026-12-31 00:00:00 UTC."),
        (
            "完成期限：2026-12-03T13:03:48+08:00（星期四，2026-12-03T05:03:48Z）。",
            "完成期限：2026-12-03 13:03:48 +08:00（星期四，2026-12-03 05:03:48 UTC）。",
        ),
        ("72 h of exact time from the first `awareness`.", "72 h of exact time from the first `awareness`."),
    ],
)
def test_a_moment_of_a_sentence_is_said_as_the_list_of_clocks_says_it(sentence: str, said: str) -> None:
    assert said_moments(sentence) == said
