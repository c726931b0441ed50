"""Every kind that a check knows has a real server in the lab, or a sentence that says why it could not be had."""

from __future__ import annotations

import re
from pathlib import Path

from accuracy.kept import read
from accuracy.kinds import unmeasured
from accuracy.measured import NO_STORE
from accuracy.not_had import not_had_parts, of_the_lab, read_not_had
from support.shipped import LIBRARY

KINDS = {check.datastore for check in LIBRARY} - NO_STORE
DOC = Path(__file__).parents[2] / "docs" / "reference" / "accuracy.md"


def test_every_kind_is_measured_or_in_the_lab_or_named_with_what_was_tried() -> None:
    _, rows, _ = read()
    without = set(unmeasured(rows, LIBRARY)) - of_the_lab()

    assert sorted(without - set(read_not_had())) == []


def test_nothing_that_runs_is_called_not_had() -> None:
    _, rows, _ = read()
    runs = (KINDS - set(unmeasured(rows, LIBRARY))) | of_the_lab()

    assert sorted(set(read_not_had()) & runs) == []


def test_what_was_not_had_is_a_kind_that_a_check_knows() -> None:
    assert sorted(set(read_not_had()) - KINDS) == []


def test_what_was_tried_is_one_sentence_that_fits_into_a_table() -> None:
    wrong = {kind: told for kind, told in read_not_had().items() if not re.fullmatch(r"[^|\n]{20,300}[^.|\n]", told)}

    assert wrong == {}


def test_the_documentation_prints_what_was_tried_of_each() -> None:
    text = DOC.read_text(encoding="utf-8")

    assert [kind for kind, told in read_not_had().items() if f"| {kind} | {told} |" not in text] == []


def test_a_kind_with_a_server_in_the_lab_waits_for_its_measurement() -> None:
    said = list(not_had_parts(["newstore", "oldstore"], {"oldstore": "it runs on another system alone"}, {"newstore"}))

    assert said[0].endswith("of these 1 of them, not measured yet: newstore.")
    assert said[1].endswith("| oldstore | it runs on another system alone |")
    assert list(not_had_parts([], {}, {"newstore"})) == []
