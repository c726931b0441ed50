"""Values arrive in another process as they left."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.findings import Finding
from leakguard.models.travel import unpacked
from support.scans import finding_of


@given(st.from_type(Finding))
def test_a_finding_arrives_as_it_left(finding: Finding) -> None:
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301  (our own bytes)
    assert copy.deepcopy(finding) == finding


def test_what_arrived_cannot_be_changed() -> None:
    finding = pickle.loads(pickle.dumps(finding_of()))  # noqa: S301  (our own bytes)

    with pytest.raises(FrozenInstanceError):
        finding.id = "F-1"


def test_a_value_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        unpacked(Finding, ("F-1",))
