"""What a condition, a held-back event or a loop asks of an answer."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from leakguard.playbooks.answers import Answer
from leakguard.playbooks.erased_answers import offered_answers


@pytest.mark.parametrize(
    ("asked", "answer", "holds"),
    [
        ({"is": "high"}, "high", True),
        ({"is": "high"}, "low", False),
        ({"is": False}, False, True),
        ({"is": False}, None, False),
        ({"is_not": "wait"}, "pay", True),
        ({"is_not": "wait"}, "wait", False),
        ({"is_not": "wait"}, None, False),
        ({"one_of": ["a", "b"]}, "b", True),
        ({"one_of": ["a", "b"]}, "c", False),
        ({"at_least": 500}, 500, True),
        ({"at_least": 500}, 499, False),
        ({"at_least": 500}, "many", False),
        ({"is": "CN"}, ["DE", "CN"], True),
        ({"is": "CN"}, ["DE"], False),
        ({"is_not": "CN"}, ["DE", "CN"], False),
    ],
)
def test_an_answer_holds_or_not(asked: dict[str, Any], answer: object, holds: bool) -> None:  # noqa: FBT001  (a case)
    assert Answer.model_validate({"field": "x", **asked}).holds(answer) is holds


@pytest.mark.parametrize("asked", [{}, {"is": "a", "at_least": 1}, {"one_of": []}])
def test_exactly_one_way_to_ask_is_given(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give exactly one of"):
        Answer.model_validate({"field": "x", **asked})


@pytest.mark.parametrize("content", [None, [], {}, {"step": "decide"}, {"step": "decide", "form": "text"}])
def test_a_record_without_a_form_has_no_answer_that_is_offered(content: object) -> None:
    assert offered_answers(content, ()) == frozenset()
