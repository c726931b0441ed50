"""Single entries of a YAML text change, and all else of it stays as a person wrote it."""

from __future__ import annotations

import pytest

from leakguard.errors import BadFile
from leakguard.files.yaml_entries import GONE, comments_of, edited, written
from leakguard.files.yaml_text import read_yaml

TEXT = """\
# who wrote this
incident: one   # a number of ours
organisation: {name: Example, country: DE}
facts:
  exposure: {value: true}   # seen by us
  # what the log says
  access:
    unknown: >-
      the log is kept
      for seven days
  empty:
events: []
"""


def changed(text: str, **changes: object) -> str:
    """With entries named as `facts__access`."""
    return edited(text, {tuple(name.split("__")): value for name, value in changes.items()}, name="x").text


def test_a_value_changes_in_its_place_and_comments_stay() -> None:
    text = changed(TEXT, facts__exposure={"value": False})
    assert text == TEXT.replace("{value: true}", "{value: false}")


def test_a_block_of_text_is_replaced_up_to_its_own_end() -> None:
    found = edited(TEXT, {("facts", "access", "unknown"): "no log"}, name="x")
    assert found.text == TEXT.replace(">-\n      the log is kept\n      for seven days", "no log")
    assert found.lost_comments == 0


def test_what_is_new_stands_below_the_last_entry_or_inside_the_brackets() -> None:
    text = changed(TEXT, facts__risk={"value": "risk"}, organisation__sector="a: b", zone="UTC")
    assert "  empty:\n  risk: {value: risk}\n" in text
    assert "{name: Example, country: DE, sector: 'a: b'}" in text
    assert text.endswith("events: []\nzone: UTC\n")


def test_an_empty_value_is_filled_and_may_become_a_mapping() -> None:
    assert "  empty: {value: 1}\n" in changed(TEXT, facts__empty={"value": 1})
    assert "  empty: {value: 1}\n" in changed(TEXT, facts__empty__value=1)
    assert changed("a: ~\n", a__b=1) == "a: {b: 1}\n"


def test_an_entry_goes_with_its_line_and_its_comment_is_counted() -> None:
    found = edited(TEXT, {("facts", "exposure"): GONE, ("facts", "nothing"): GONE}, name="x")
    assert found.text == TEXT.replace("  exposure: {value: true}   # seen by us\n", "")
    assert found.lost_comments == 1
    assert changed("a: 1\nb: 2", b=GONE) == "a: 1\n"


def test_the_last_entry_of_a_mapping_leaves_an_empty_one() -> None:
    assert changed("a: {b: 1, c: 2}\n", a__b=GONE) == "a: {c: 2}\n"
    assert read_yaml(changed("a:\n  b: 1\nc: 2\n", a__b=GONE), name="x").value == {"a": {}, "c": 2}


def test_text_of_several_lines_stays_in_one_line_of_the_file() -> None:
    text = changed(TEXT, facts__access__unknown="one\ntwo: 'three'")
    assert '"one\\ntwo: ' in text
    assert read_yaml(text, name="x").value["facts"]["access"]["unknown"] == "one\ntwo: 'three'"


def test_what_no_place_of_the_text_can_take_is_written_anew_and_the_loss_is_counted() -> None:
    found = edited("# why\na: [1]   # list\n", {("a", "b"): 3}, name="x")
    assert read_yaml(found.text, name="x").value == {"a": {"b": 3}}
    assert found.lost_comments == 2


def test_the_root_goes_where_its_only_entry_goes() -> None:
    assert read_yaml(changed("a: 1\n", a=GONE), name="x").value == {}


def test_a_text_with_nothing_in_it_begins_a_document() -> None:
    assert changed("", a__b=[1, 2]) == "a:\n  b:\n  - 1\n  - 2\n"
    assert written({"a": "2026-05-01"}) == "a: '2026-05-01'\n"


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(BadFile):
        edited("a: [", {("a",): 1}, name="x")


@pytest.mark.parametrize(
    ("text", "comments"),
    [("", 0), ("a: '#'", 0), ("a: 1 # x", 1), ("# x\n# y\na: 1\n# z", 3), ("a: |\n  # text\n  b\n", 0), ("a: b#c", 0)],
)
def test_comments_are_told_from_text(text: str, comments: int) -> None:
    assert comments_of(text) == comments


def test_lines_may_end_as_yaml_lets_them() -> None:
    text = "a: 1\r\nb: {c: 2}\r\n"
    assert read_yaml(changed(text, b__c=3), name="x").value == {"a": 1, "b": {"c": 3}}
