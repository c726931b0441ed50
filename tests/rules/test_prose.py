"""What users read keeps to the rules of `prose.yaml`."""

from __future__ import annotations

from collections import Counter

import pytest

from rules import prose

pytestmark = pytest.mark.untraced

RULES = prose.rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_refuses_its_example(rule: prose.Rule) -> None:
    assert list(rule.found(rule.example))


@pytest.mark.parametrize(
    "text",
    [
        "There is no room left.",
        "A false alarm.",
        "leakguard evidence clock --mend",
        "an address that looks like phishing",
    ],
)
def test_a_phrase_in_which_the_word_is_right_passes(text: str) -> None:
    assert not [phrase for rule in RULES for phrase in rule.found(text)]


def test_the_linter_reads_every_sort_of_text() -> None:
    """Else a sort that it lost would count as clean."""
    places = {place for place, _ in prose.texts()}

    for start in (
        "README.md",
        "docs/how-to/",
        "checks/",
        "cloud_checks/",
        "playbooks/",
        "src/leakguard/cli/",
        "leakguard scan run --help",
    ):
        assert any(place.startswith(start) for place in places), start


def test_documents_checks_and_playbooks_hold_no_refused_phrase() -> None:
    assert prose.hard_problems() == []


def test_the_source_has_no_refused_phrase_that_is_not_listed_and_lists_none_that_is_gone() -> None:
    """The list only becomes shorter: a change that corrects a sentence takes it off with `prose.py --keep`."""
    listed = Counter(prose.LEFT.read_text(encoding="utf-8").splitlines())
    found = Counter(prose.left())

    assert not found - listed, "new: write what `prose.yaml` says instead"
    assert not listed - found, "gone: PYTHONPATH=tests python tests/rules/prose.py --keep"
