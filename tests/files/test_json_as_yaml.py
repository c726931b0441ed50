"""JSON is YAML: whatever JSON holds reads as itself, by libyaml and by the slow parser of a PyYAML without it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leakguard.files import yaml_nodes
from leakguard.files.yaml_text import read_yaml

pytestmark = pytest.mark.long

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(st.characters(codec="ascii"), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), inner),
    max_leaves=12,
)


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), PLAIN, min_size=1))
def test_json_reads_as_itself(loader: str, value: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Strings in quotes stay strings whatever they look like, control characters where they may stand."""
    monkeypatch.setattr(yaml_nodes, "_LOADER", getattr(yaml, loader))
    text = json.dumps(value).replace("\\u007f", "\\x7f")

    assert read_yaml(text, name="a.yaml", is_recorded=True).value == value
