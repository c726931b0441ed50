"""What `scope suggest` offers: backends and hosts that pages name, and never what the scope has or takes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from leakguard.errors import BadFile
from leakguard.models.scope import Scope
from leakguard.outputs.scope_suggestions import suggestion_lines, suggestions_json
from leakguard.scanning.scope.file import parse_scope
from leakguard.use_cases.scans.suggest_scope import MOST, ScopeFind, seen_in_file, suggest_scope
from shipped.test_reading import shipping

NOW = datetime(2026, 11, 30, tzinfo=UTC)
REF = "supabase://abcdefghijklmnopqrst"


def scope(*include: str, exclude: tuple[str, ...] = ()) -> Scope:
    stated = {
        "scope": "test",
        "owner": {"organisation": "x", "contact": "a@example.org", "approved_by": "t", "approved_at": "2026-01-01"},
        "valid": {"from": "2026-01-01", "until": "2099-12-31"},
        "include": ["192.0.2.1", *include],
        "exclude": list(exclude),
    }
    return parse_scope(json.dumps(stated), name="scope.yaml", now=NOW)


def offered(*entries: str, include: tuple[str, ...] = (), exclude: tuple[str, ...] = (), kind: str = "x") -> list[str]:
    seen = [ScopeFind(entry=one, kind=kind, where="app.example.edu/a.js") for one in entries]
    return [one.entry for one in suggest_scope(seen, scope(*include, exclude=exclude), shipping())]


def test_what_the_scope_has_or_takes_out_is_not_offered() -> None:
    named = (
        REF,
        "firestore://campus-chat",
        "https://pb.example.edu",
        "https://cms.example.edu/",
        "https://x.example.net",
    )

    assert offered(*named) == list(named)
    assert offered(*named, include=(REF, "https://cms.example.edu", "*.example.net")) == [named[1], named[2]]
    assert offered(*named, include=("pb.example.edu",), exclude=(REF, "x.example.net")) == [named[1], named[3]]


def test_each_is_offered_once_and_no_more_than_a_list_holds() -> None:
    many = [f"https://h{number}.example.net" for number in range(MOST + 9)]

    assert offered(REF, REF, "") == [REF]
    assert len(offered(*many)) == MOST


@pytest.mark.parametrize(
    ("entry", "kind", "listed"),
    [
        (REF, "supabase", "as an entry"),
        ("postgrest://db.example.edu", "supabase_own", "as an entry"),
        ("https://cms.example.edu", "directus", "as an entry"),
        ("https://cdn.example.net", "host", "as an entry"),
        ("https://parseapi.back4app.com", "parse", ""),
        ("eu-west-1:01234567-89ab-cdef-0123-456789abcdef", "cognito", ""),
        ("https://graph.example.edu:99999/", "graphql", ""),
    ],
)
def test_what_is_shared_or_cannot_be_named_is_advised_on_alone(entry: str, kind: str, listed: str) -> None:
    (found,) = suggest_scope([ScopeFind(entry=entry, kind=kind, where="a")], scope(), shipping())

    assert found.is_entry is bool(listed)
    lines = list(suggestion_lines([found]))
    assert ("LeakGuard asks it nothing" in lines[1]) is not bool(listed)
    assert lines[-1].startswith("Next: leakguard scope add") is bool(listed)
    assert suggestions_json([found])["suggestions"][0]["entry"] == entry


def test_nothing_to_offer_is_said() -> None:
    assert list(suggestion_lines([])) == ["The pages and apps name nothing that the scope does not have."]


def test_a_file_of_findings_is_read_whatever_lists_the_backends() -> None:
    found = {"host": "app.example.edu", "shipped": {"backends": [{"kind": "supabase", "entry": REF, "where": "/a.js"}]}}
    wanted = [ScopeFind(entry=REF, kind="supabase", where="app.example.edu/a.js")]

    assert list(seen_in_file(json.dumps({"findings": [found]}), "f")) == wanted
    assert list(seen_in_file(f"{json.dumps(found)}\n\n{json.dumps(found)}\n", "f")) == wanted * 2
    assert seen_in_file('{"backends": [7], "x": 1}', "f") == ()


def test_a_hostile_file_is_refused_or_yields_little() -> None:
    deep = "[" * 400 + "]" * 400

    assert seen_in_file(deep, "f") == ()
    with pytest.raises(BadFile, match="neither JSON nor JSON lines"):
        seen_in_file("[" * 200_000, "f")
    with pytest.raises(BadFile):
        seen_in_file("no json", "f")
    (one,) = seen_in_file(json.dumps({"backends": [{"entry": "x\x1b[2J" + "y" * 999}]}), "f")
    assert one.entry.isprintable()
    assert len(one.entry) <= 300
