"""What a page ships, from a session's document to a verdict, to JSON and back, and to what a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.checks.judge import judge
from leakguard.checks.shipped_parts import MOST
from leakguard.frozen import as_dict, replace
from leakguard.models.findings import Outcome, Verdict
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.models.shipped import ShippedBackend, ShippedFindings, ShippedSecret, ShippedTable
from leakguard.models.wire import finding_from_json, finding_to_json
from leakguard.outputs.shipped_words import shipped_lines, shipped_values
from support.findings import make_finding
from support.shipped import LIBRARY

PAGE = next(check for check in LIBRARY if check.id == "page_secrets_shipped")
SECRET = {"kind": "github_token", "where": "/a.js", "line": 7, "mark": "0123456789abcdef"}
BACKEND = {"kind": "supabase", "entry": "supabase://abcdefghijklmnopqrst", "where": "/a.js"}


def verdict_of(**document: Any) -> Verdict:  # noqa: ANN401  (a session's document)
    told = {"is_page": True, "complete": True, "secrets": [SECRET], "backends": [BACKEND], "tables": [], **document}
    reply = Reply(request="page", method="shipped", what="", ended=Ending.COMPLETE, status=200, document=told)
    return judge(PAGE, Observation(kind="page", replies={"page": reply}, ended=Ending.COMPLETE, transport="https"))


def test_a_verdict_lists_kinds_and_places() -> None:
    verdict = verdict_of(tables=[{"name": "users", "where": "/a.js"}])

    assert verdict.outcome is Outcome.EXPOSED
    assert verdict.shipped == ShippedFindings(
        secrets=(ShippedSecret(kind="github_token", where="/a.js", line=7, mark="0123456789abcdef"),),
        backends=(ShippedBackend(kind="supabase", entry="supabase://abcdefghijklmnopqrst", where="/a.js"),),
        tables=(ShippedTable(name="users", where="/a.js"),),
    )


def test_a_page_that_was_not_read_to_its_end_lists_what_was_found_all_the_same() -> None:
    verdict = verdict_of(secrets=[], complete=False)

    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.shipped is not None
    assert [one.entry for one in verdict.shipped.backends] == ["supabase://abcdefghijklmnopqrst"]


def test_a_public_key_that_was_used_is_told_by_its_kind_its_place_and_its_mark() -> None:
    key = {"kind": "supabase_publishable_key", "where": "https://app.example.edu/a.js", "mark": "aaaa"}

    verdict = verdict_of(keys=[key, "no key"])

    assert verdict.shipped is not None
    assert [as_dict(one) for one in verdict.shipped.keys] == [key]


def test_hosts_whose_scripts_were_not_read_are_named() -> None:
    verdict = verdict_of(elsewhere=2, hosts=["cdn.example.net", "files.example\x1b[2J.net", 7])

    assert verdict.reason.endswith("scripts on other hosts were not read")
    assert verdict.shipped is not None
    assert verdict.shipped.unread_hosts[0] == "cdn.example.net"
    assert len(verdict.shipped.unread_hosts) == 2
    assert verdict.shipped.unread_hosts[1].isprintable()
    assert "did not read scripts on cdn.example.net" in " ".join(shipped_lines(verdict.shipped))
    assert shipped_values(verdict.shipped)["shippedUnreadHosts"] == list(verdict.shipped.unread_hosts)
    assert verdict_of(hosts=7).shipped == verdict_of().shipped


@pytest.mark.parametrize(
    ("document", "outcome", "reason"),
    [
        ({"elsewhere": 1, "scripts": 0}, Outcome.INCONCLUSIVE, "all scripts of the page are on other hosts"),
        ({"elsewhere": 1, "scripts": 1}, Outcome.NOT_EXPOSED, "scripts on other hosts were not read"),
        ({"scripts": 1}, Outcome.NOT_EXPOSED, "they name the backends"),
        ({"scripts": 1, "backends": []}, Outcome.NOT_APPLICABLE, "no secret of a known form"),
        ({"led_away": True, "is_page": False}, Outcome.NOT_APPLICABLE, "only leads to another host"),
    ],
)
def test_a_page_without_secrets_says_what_was_not_read_and_what_it_talks_to(
    document: dict[str, Any], outcome: Outcome, reason: str
) -> None:
    verdict = verdict_of(secrets=[], **document)

    assert verdict.outcome is outcome
    assert reason in verdict.reason


def test_what_no_session_of_ours_would_say_is_made_harmless() -> None:
    shipped = verdict_of(secrets=[{**SECRET, "where": "/a\x1b[2J" + "x" * 999, "line": -1}, "text"], backends=7).shipped

    assert shipped is not None
    assert shipped.secrets[0].line == 1
    assert len(shipped.secrets[0].where) == 200
    assert shipped.secrets[0].where.isprintable()
    assert shipped.backends == ()


def test_a_finding_lists_no_more_than_a_hundred_of_each() -> None:
    shipped = verdict_of(secrets=[SECRET] * (MOST + 3)).shipped

    assert shipped is not None
    assert (len(shipped.secrets), shipped.left_out) == (MOST, 3)
    assert list(shipped_lines(shipped))[-1] == "3 more were found and are not listed"


@pytest.mark.parametrize("shipped", [verdict_of().shipped, None])
def test_a_finding_keeps_it_in_json(shipped: ShippedFindings | None) -> None:
    finding = make_finding()
    kept = replace(finding, verdict=replace(finding.verdict, shipped=shipped))

    assert finding_from_json(finding_to_json(kept)) == kept
    assert ("shipped" in finding_to_json(kept)) is (shipped is not None)


def test_a_person_reads_the_first_few_and_a_tool_all() -> None:
    many = [{**SECRET, "where": f"/{number}.js"} for number in range(5)]
    shipped = verdict_of(secrets=many, tables=[{"name": "users", "where": "/a.js"}]).shipped

    assert list(shipped_lines(shipped)) == [
        "ships github token in /0.js line 7, github token in /1.js line 7, github token in /2.js line 7 and 2 more",
        "talks to supabase://abcdefghijklmnopqrst",
    ]
    assert list(shipped_lines(shipped, most=None))[-1] == "asks for users"
    assert len(shipped_values(shipped)["shippedSecrets"]) == 5
    assert (list(shipped_lines(None)), shipped_values(None)) == ([], {})
