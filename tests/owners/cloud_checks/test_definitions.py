"""Cloud checks as files: read with shared rules in their place, refused with every problem at once."""

from __future__ import annotations

import pytest

from leakguard.errors import BadFile
from leakguard.owners.cloud_checks.definitions import kinds_of, load_cloud_checks

GOOD = """\
id: aws_x
version: 1
title: A thing is open
datastore: x
resource: thing
why: It matters.
rules:
  - {when: public, then: exposed, severity: high, access: read, reason: it is public}
remediation: Close it.
references: ["https://example.org/"]
"""
BOOK = "rules: [{then: not_exposed, reason: it is closed}]\n"


def test_a_check_is_read() -> None:
    (check,) = load_cloud_checks({"aws_x.yaml": GOOD})

    assert (check.id, check.resource, check.lifecycle) == ("aws_x", "thing", "stable")
    assert kinds_of([check]) == {"thing"}


def test_shared_rules_come_behind_its_own() -> None:
    (check,) = load_cloud_checks({"aws_x.yaml": f"{GOOD}rules_of: things\n", "shared/things.yaml": BOOK})

    assert [rule.reason for rule in check.rules] == ["it is public", "it is closed"]


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"aws_x.yaml": GOOD.replace("why:", "wy:")}, "wy"),
        ({"aws_x.yaml": GOOD.replace("when: public", "when: 'a['")}, "JMESPath"),
        ({"aws_x.yaml": GOOD.replace("then: exposed", "then: bad")}, "then"),
        ({"aws_y.yaml": GOOD}, "named after its id"),
        ({"aws_x.yaml": f"{GOOD}rules_of: nothing\n"}, "no such file"),
        ({"aws_x.yaml": GOOD.replace(GOOD[GOOD.index("rules") : GOOD.index("remed")], "")}, "no rules"),
        ({"shared/x.yaml": "rules: []\n"}, "shared/x.yaml"),
        ({"aws_x.yaml": "- x"}, "mapping"),
    ],
)
def test_a_broken_file_is_refused_with_its_name(texts: dict[str, str], problem: str) -> None:
    with pytest.raises(BadFile, match=problem) as refusal:
        load_cloud_checks(texts)

    assert next(iter(texts)) in str(refusal.value)


def test_the_problems_of_all_files_are_told_at_once() -> None:
    with pytest.raises(BadFile) as refusal:
        load_cloud_checks({"a.yaml": "{}", "b.yaml": "{}"})

    assert {problem.where[:6] for problem in refusal.value.problems} == {"a.yaml", "b.yaml"}
