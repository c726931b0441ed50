"""What a file of a user is told that does not fit its form."""

from __future__ import annotations

import pytest

from leakguard.errors import BadFile
from leakguard.playbooks.definitions import parse_playbook

PLAYBOOK = """\
playbook: odd
version: 1
title: Odd
steps:
  decide:
    kind: decision
    title: Decide
    emits: awareness
    emits_when: {field: aware, is: {}}
"""


def test_a_mapping_where_one_of_several_types_is_expected_is_refused_with_its_line() -> None:
    with pytest.raises(BadFile) as caught:
        parse_playbook(PLAYBOOK, name="odd.yaml")

    assert any("emits_when.is" in problem.where and problem.line == 9 for problem in caught.value.problems)
