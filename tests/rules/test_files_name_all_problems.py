"""Every file that a person writes is refused once, with all its problems, and not one mistake after another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.shapes import read_check
from leakguard.clocks.event_file import parse_event_file
from leakguard.drills.scenario_file import KnownNames, parse_scenario
from leakguard.errors import BadFile
from leakguard.notices.duties import parse_duties
from leakguard.notices.facts_file import parse_facts
from leakguard.notices.vocabulary_file import parse_vocabulary
from leakguard.playbooks.definitions import parse_playbook
from leakguard.scanning.mutes import parse_mutes
from leakguard.scanning.scope.file import parse_scope
from support.scans import NOW

pytestmark = pytest.mark.untraced

VOCABULARY = parse_vocabulary(BundledFiles().text("duties", "vocabulary.yaml"), name="vocabulary.yaml")
READERS: dict[str, Callable[[str], object]] = {
    "scope": lambda text: parse_scope(text, name="f", now=NOW),
    "mutes": lambda text: parse_mutes(text, name="f", today=date(2026, 11, 24)),
    "events": lambda text: parse_event_file(text, name="f"),
    "facts": lambda text: parse_facts(text, name="f", vocabulary=VOCABULARY),
    "playbook": lambda text: parse_playbook(text, name="f"),
    "check": lambda text: read_check(text, name="f"),
    "duties": lambda text: parse_duties(text, name="f", vocabulary=VOCABULARY),
    "scenario": lambda text: parse_scenario(text, name="f", known=KnownNames(playbooks={}, stages={})),
}


@pytest.mark.parametrize("kind", READERS)
def test_a_key_that_stands_twice_hides_no_other_problem(kind: str) -> None:
    with pytest.raises(BadFile) as caught:
        READERS[kind]("twice: 1\ntwice: 2\nzzz: 3\n")

    said = [str(problem) for problem in caught.value.problems]
    assert said[0] == "line 2: twice: the key `twice` stands here twice"
    assert "line 3: zzz: unknown field" in said


def test_a_scope_that_has_expired_is_told_of_its_file_first() -> None:
    text = (
        "scope: x\nscope: y\nowner: {organisation: a, contact: b, approved_by: c, approved_at: 2026-01-01}\n"
        "valid: {from: 2026-01-01, until: 2026-02-01}\ninclude: [192.0.2.1]\n"
    )
    with pytest.raises(BadFile) as caught:
        parse_scope(text, name="f", now=NOW)

    assert [str(problem) for problem in caught.value.problems] == ["line 2: scope: the key `scope` stands here twice"]
