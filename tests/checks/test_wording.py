"""Conditions in words: every form that a check may use, as a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.conditions import Condition
from leakguard.checks.library import load_library
from leakguard.checks.wording import condition_words

FRONTS = "(a refusal, a way to a login, or a word without markup)"


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({}, "nothing above held"),
        ({"request": "root"}, "the answer to `root` came"),
        ({"request": "list", "status": [401, 403]}, "the answer to `list` has status 401 or 403"),
        (
            {"request": "a", "ended": ["closed", "odd"]},
            "the answer to `a` ended with a hang-up or ended as odd",
        ),
        ({"request": "a", "contains": "x", "lacks": ["y"]}, 'the answer to `a` contains "x" and lacks "y"'),
        (
            {"request": "a", "header": {"x-y": "", "server": "z"}},
            'the answer to `a` has a header `x-y` and a header `server` with "z"',
        ),
        (
            {"request": "a", "tells_nothing": True},
            f"the answer to `a` says nothing about what it leads to {FRONTS}",
        ),
        (
            {"request": "a", "tells_nothing": False},
            f"the answer to `a` says something about what it leads to {FRONTS}",
        ),
        ({"request": "a", "sends_to_login": True}, "the answer to `a` redirects to a login"),
        ({"request": "a", "sends_to_login": False}, "the answer to `a` does not redirect to a login"),
        ({"request": "a", "json": {"path": "p", "type": "array"}}, "the answer to `a` has at `p` a list"),
        ({"request": "a", "json": {"path": "p", "type": "odd"}}, "the answer to `a` has at `p` odd"),
        ({"request": "a", "json": {"path": "p", "equals": True}}, "the answer to `a` has at `p` true"),
        ({"request": "a", "json": {"path": "p", "min": 1}}, "the answer to `a` has at `p` at least 1"),
        (
            {"request": "a", "json": {"path": "p", "starts_with": "s"}},
            'the answer to `a` has at `p` a text that begins with "s"',
        ),
        ({"request": "a", "json": {"type": "array"}}, "the answer to `a` has as its JSON a list"),
        ({"request": "a", "json": {"path": "p", "contains": "s"}}, 'the answer to `a` has at `p` a text with "s"'),
        ({"request": "a", "json": {"path": "p", "in": [1, 2]}}, "the answer to `a` has at `p` 1 or 2"),
        ({"request": "a", "json": {"path": "p", "nonempty": True}}, "the answer to `a` has at `p` something"),
        ({"request": "a", "json": {"path": "p", "nonempty": False}}, "the answer to `a` has at `p` an empty value"),
        ({"is": "known", "not": {"is": "locked"}}, "`known` holds and not (`locked` holds)"),
        ({"is": "k", "any": [{"is": "a"}, {"is": "b"}]}, "`k` holds and ((`a` holds) or (`b` holds))"),
        ({"any": [{"is": "a"}, {"all": [{"is": "b"}, {"is": "c"}]}]}, "(`a` holds) or ((`b` holds) and (`c` holds))"),
    ],
)  # fmt: skip
def test_a_condition_is_a_sentence(stated: dict[str, Any], words: str) -> None:
    assert condition_words(Condition(stated=stated)) == words


def test_every_condition_that_ships_can_be_told() -> None:
    bundled = BundledFiles()
    checks = load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})

    assert all(condition_words(rule.when) for check in checks for rule in check.rules)
