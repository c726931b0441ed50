"""Single texts of a YAML file are changed in place, and nothing else of it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files.yaml_edits import scalars_of, with_texts

FILE = """\
# what a person wrote
facts:
  cause: {value: {en: "a rule was missing", zh: 规则缺失}}   # flow
  measures_taken:
    value:
      - closed the server
      - >-
        read the logs
        of a week
  note: 'quoted'
"""


def test_each_text_is_found_with_its_path() -> None:
    found = {one.path: one.text for one in scalars_of(FILE, name="facts.yaml")}

    assert found["facts", "cause", "value", "zh"] == "规则缺失"
    assert found["facts", "measures_taken", "value", 1] == "read the logs of a week"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1), st.integers(0, 4))
def test_one_text_changes_and_all_else_stays(text: str, number: int) -> None:
    scalar = scalars_of(FILE, name="facts.yaml")[number]
    changed = with_texts(FILE, {scalar: text})
    before = {one.path: one.text for one in scalars_of(FILE, name="facts.yaml")}

    assert {one.path: one.text for one in scalars_of(changed, name="facts.yaml")} == {**before, scalar.path: text}
    assert yaml.safe_load(changed)["facts"].keys() == yaml.safe_load(FILE)["facts"].keys()
    assert changed.startswith("# what a person wrote\n")


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "[" * 5000])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(BadFile, match="is no YAML that can be read"):
        scalars_of(text, name="facts.yaml")


def test_an_empty_file_has_no_text() -> None:
    assert scalars_of("", name="facts.yaml") == ()
