"""The plain reading of a scope: where it reads a file at all, it reads what the shape reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files.yaml_text import ReadText
from leakguard.models.scope import Limits
from leakguard.scanning.scope.plain import StatedScope, plain_scope
from leakguard.scanning.scope.shape import shaped_scope

PLAIN: dict[str, Any] = {
    "scope": "campus",
    "owner": {"organisation": "E", "contact": "s@example.edu", "approved_by": "C", "approved_at": "2026-11-01"},
    "valid": {"from": "2026-11-01", "until": "2027-02-01"},
    "include": ["192.0.2.0/24"],
}
TEXTS = st.sampled_from(
    ["campus", "", "200/s", "0/s", "1.5/s", "x", "2026-11-01", "2026-02-30", "2026-11-01T00:00:00Z"]
)
VALUES = st.one_of(TEXTS, st.none(), st.integers(-1, 3), st.booleans(), st.lists(TEXTS, max_size=2), st.just({}))
PLACES = st.sampled_from(
    [("scope",), ("include",), ("exclude",), ("decoys",), ("limits",), ("quiet_hours",), ("more",)]
    + [("owner", "contact"), ("owner", "approved_at"), ("owner", "more"), ("valid", "from"), ("valid", "until")]
    + [("limits", name) for name in ("total", "per_host", "per_network", "per_name", "more")]
)  # fmt: skip


def shaped(value: Any) -> StatedScope | None:  # noqa: ANN401  (YAML holds anything)
    try:
        return shaped_scope(ReadText(value=value), name="scope.yaml")
    except BadFile:
        return None


def with_changes(changes: list[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    value = {name: dict(part) if isinstance(part, dict) else part for name, part in PLAIN.items()}
    for (first, *rest), new in changes:
        if not rest:
            value[first] = new
        elif isinstance(value.setdefault(first, {}), dict):
            value[first][rest[0]] = new
    return value


@given(st.lists(st.tuples(PLACES, VALUES), max_size=3))
def test_what_is_read_plainly_is_read_alike_by_the_shape(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    value = with_changes(changes)
    found = plain_scope(value)

    assert found is None or found == shaped(value)


def test_the_usual_file_is_read_plainly() -> None:
    """Else nothing would be gained."""
    value = with_changes(
        [
            (("exclude",), ["192.0.2.1"]),
            (("limits", "total"), "500/s"),
            (("limits", "per_host"), "200/s"),
            (("limits", "per_network"), "100/s"),
            (("limits", "per_name"), "50/s"),
        ]
    )

    found = plain_scope(value)

    assert found is not None
    assert found.limits == Limits(total=500.0, per_host=200.0, per_network=100.0, per_name=50.0)
    assert found == shaped(value)


@pytest.mark.parametrize(
    "value",
    [None, [], "text", {}, PLAIN | {"quiet_hours": []}, PLAIN | {"include": "192.0.2.1"}, PLAIN | {"scope": 1},
     PLAIN | {"owner": {**PLAIN["owner"], "country": "de"}},
     PLAIN | {"valid": {"from": "2026-1-1", "until": "2027-02-01"}}, PLAIN | {"limits": {"total": "fast"}},
     PLAIN | {"exclude": ["192.0.2.1", 5]}, PLAIN | {"valid": {"from": "20261101", "until": "2027-02-01"}}],
)  # fmt: skip
def test_everything_else_is_left_to_the_shape(value: object) -> None:
    assert plain_scope(value) is None
