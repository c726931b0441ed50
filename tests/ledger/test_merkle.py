"""The Merkle tree, against the vectors of Certificate Transparency and against itself at every size."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.ledger.merkle import EMPTY, IncrementalRoot, Tree, is_included
from support.bundles import verifier

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""github.com/google/certificate-transparency, `merkletree/merkle_tree_test.cc`."""
MANY = [bytes([number]) for number in range(20)]
SIZES = range(1, len(MANY) + 1)


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS, start=1)))
def test_the_roots_are_those_of_certificate_transparency(size: int, root: str) -> None:
    stack = IncrementalRoot()
    for leaf in LEAVES[:size]:
        stack.push(leaf)

    assert Tree(LEAVES).root(size).hex() == stack.root().hex() == root


def test_a_tree_without_leaves_has_the_root_of_nothing() -> None:
    assert Tree().root() == IncrementalRoot().root() == EMPTY


def test_every_leaf_is_proved_in_every_tree_and_no_other_leaf_is() -> None:
    tree = Tree(MANY)
    for size in SIZES:
        for index in range(size):
            path = tree.inclusion(index, size)

            assert is_included(MANY[index], index, size, path, tree.root(size))
            assert not is_included(b"other", index, size, path, tree.root(size))
            assert not is_included(MANY[index], index, size, (*path, EMPTY), tree.root(size))
            assert not path or not is_included(MANY[index], index, size, path[:-1], tree.root(size))


def is_consistent(first: tuple[int, bytes], second: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """As whoever gets a bundle finds it; we ourselves make such proofs and never read one."""
    return bool(verifier().is_consistent(*first, *second, list(proof)))


def test_every_tree_is_proved_to_grow_into_every_later_one() -> None:
    tree = Tree(MANY)
    for new in SIZES:
        for old in range(1, new + 1):
            proof = tree.consistency(old, new)
            first, second = (old, tree.root(old)), (new, tree.root(new))

            assert is_consistent(first, second, proof)
            assert not is_consistent((old, EMPTY), second, proof)
            assert not is_consistent(first, (new, EMPTY), proof)
            assert not is_consistent(first, second, (*proof, EMPTY))
            assert not proof or not is_consistent(first, second, proof[:-1])


def test_what_lies_beyond_the_tree_is_refused() -> None:
    tree = Tree(MANY)

    for index in (-1, 20):
        with pytest.raises(ValueError, match="no such leaf"):
            tree.inclusion(index)
    with pytest.raises(ValueError, match="fewer leaves"):
        tree.root(21)
    with pytest.raises(ValueError, match="smaller tree"):
        tree.consistency(0)

    assert not is_included(MANY[0], 3, 3, (), tree.root(3))
    assert not is_consistent((0, EMPTY), (3, tree.root(3)), ())
    assert not is_consistent((3, tree.root(3)), (5, tree.root(5)), ())


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=40), st.data())
def test_a_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = [*leaves[:place], leaves[place] + b"!", *leaves[place + 1 :]]

    assert Tree(leaves).root() != Tree(other).root()
