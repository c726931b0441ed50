"""The shape of triggers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files.shapes import load
from leakguard.notices.expressions import Expression


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{text: nothing}", "needs exactly one of all, any"),
        ("{fact: risk, residents: CN, at_least: 1}", "needs exactly one of all, any"),
        ("{fact: risk}", "`fact` needs exactly one of is, in"),
        ("{fact: risk, is: true, in: [a]}", "`fact` needs exactly one of is, in"),
        ("{organisation_in: CN, is: true}", "`organisation_in` needs none of is, in"),
        ("{fakt: risk, is: true}", "did you mean `fact`"),
    ],
)
def test_a_node_asks_exactly_one_question(text: str, problem: str) -> None:
    with pytest.raises(BadFile, match=problem):
        load(text, Expression, name="x")


def test_the_leaves_are_given_from_left_to_right() -> None:
    tree = load(
        "{all: [{any: [{fact: a, is: true}, {residents: CN, at_least: 1}]}, {not: {operates_in: DE}}]}",
        Expression,
        name="x",
    )

    assert [leaf.fact or leaf.residents or leaf.operates_in for leaf in tree.leaves()] == ["a", "CN", "DE"]


_LEAVES = st.fixed_dictionaries(
    {"fact": st.text(max_size=5)}, optional={"is": st.booleans(), "at_least": st.integers()}
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}), st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=8,
)


@given(_TREES)
def test_any_tree_is_read_or_refused_with_a_reason(tree: object) -> None:
    try:
        found = load(repr(tree).replace("True", "true").replace("False", "false"), Expression, name="x")
    except BadFile as error:
        assert error.problems  # noqa: PT017  (either end is right, and each has its own proof)
    else:
        assert all(leaf.fact is not None for leaf in found.leaves() if not (leaf.all_ == () or leaf.any_ == ()))
