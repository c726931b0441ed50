"""Frozen values: fields by name, never changed, the same after a journey to another process."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given

from leakguard.frozen import Frozen, as_dict, field, names_of, replace
from leakguard.models.findings import Finding
from support.any_findings import FINDINGS
from support.scans import finding_of


class Colour(StrEnum):
    RED = "red"


class Size(Frozen):
    records: int
    unit: str = "rows"


class Box(Frozen):
    sizes: tuple[Size, ...] = ()
    by_name: Mapping[str, Size] = field(default_factory=dict)
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Plain:
    size: Size
    listed: list[Size]


def test_fields_are_given_by_name_and_cannot_be_changed() -> None:
    size = Size(records=3)

    assert repr(size) == "Size(records=3, unit='rows')"
    assert size == Size(records=3, unit="rows") != Size(records=4)
    assert hash(size) == hash(Size(records=3))
    with pytest.raises(TypeError):
        Size(3)  # type: ignore[call-arg]  # (what is tried)
    with pytest.raises(AttributeError):
        size.records = 4  # type: ignore[misc]  # (what is tried)


def test_a_copy_with_other_fields_leaves_the_first_as_it_was() -> None:
    size = Size(records=3)

    assert replace(size, records=4) == Size(records=4)
    assert size.records == 3
    assert replace(Plain(size, []), listed=[size]) == Plain(size, [size])
    with pytest.raises(TypeError):
        replace(size, colour="red")  # type: ignore[call-arg]  # (what is tried)


def test_a_hidden_field_is_in_no_repr_and_must_be_there() -> None:
    class Key(Frozen, hidden=("seed",)):
        name: str
        seed: bytes

    class Longer(Key):
        size: int = 8

    assert repr(Key(name="a", seed=b"canary")) == "Key(name='a')"
    assert repr(Longer(name="a", seed=b"canary")) == "Longer(name='a', size=8)"
    with pytest.raises(TypeError, match="no field seat to hide"):

        class Broken(Frozen, hidden=("seat",)):
            seed: bytes


def test_no_value_shares_what_it_starts_with() -> None:
    assert Box().by_name is not Box().by_name


def test_as_a_mapping_values_within_values_are_mappings_too() -> None:
    box = Box(sizes=(Size(records=1),), by_name={"a": Size(records=2)})
    one, two = {"records": 1, "unit": "rows"}, {"records": 2, "unit": "rows"}

    assert as_dict(box) == {"sizes": (one,), "by_name": {"a": two}, "colour": Colour.RED}
    assert as_dict(Plain(Size(records=1), [Size(records=2)])) == {"size": one, "listed": [two]}


def test_names_stand_in_the_order_in_which_a_kind_states_them() -> None:
    assert names_of(Box) == ("sizes", "by_name", "colour")
    assert names_of(Plain) == ("size", "listed")


@given(FINDINGS)
def test_a_finding_arrives_in_another_process_as_it_left(finding: Finding) -> None:
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301  (our own bytes)
    assert copy.deepcopy(finding) == finding


def test_what_arrived_cannot_be_changed() -> None:
    finding = pickle.loads(pickle.dumps(finding_of()))  # noqa: S301  (our own bytes)

    with pytest.raises(AttributeError):
        finding.id = "F-1"
