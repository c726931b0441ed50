"""Writing scope files: what is added is there, and nothing else has changed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile, UsageProblem
from leakguard.files.yaml_text import read_yaml
from leakguard.scanning.scope.edit import ScopeDraft, add_assets, new_scope
from leakguard.scanning.scope.file import parse_scope
from support.scans import NOW, SCOPE_TEXT

ASSETS = st.sampled_from(
    [
        "10.0.0.0/24",
        "192.0.2.7",
        "[::1]",
        "2001:db8::/64",
        "mail.example.edu",
        "*.lab.example.edu",
        "s3://campus",
        "no",
        "true",
        "null",
        "1e5",
        "aws://123456789012",
    ],
)
FIELDS = st.sampled_from(["include", "exclude", "decoys"])
HEAD = """\
scope: campus-2026
owner: {organisation: A, contact: b, approved_by: c, approved_at: 2026-11-01}
valid: {from: 2026-11-01, until: 2027-02-01}
"""
BODIES = [
    "include: []\n",
    "include: [ ]\nexclude: [] # none\n",
    "include: [10.1.0.0/16]   # ours ] and theirs\n",
    "include: [\"[::2]\", '[::3]', a.example,]\n",
    "include: [  # it's the dean's [list]\n  10.1.0.0/16,  # don't touch ]\n  a.example  # last\n]\n",
    "include: [#tight\n]\n",
    "include:\n  - 10.1.0.0/16\n  - a.example # mail\n",
    "include:\n- 10.1.0.0/16\n- a.example\nexclude: [a.example]\n",
    "include:   # ours\n\n      # the campus\n      - 10.1.0.0/16\n\ndecoys:\n    - 10.1.0.9\n",
    "include:\nexclude: []\n",
    "include:\n",
    "include: [a.example]",
]
UNUSUAL = [
    "include:\n  [10.1.0.0/16]\n",
    "include: ~\n",
    "include: a.example\n",
    "include: &ours [a.example]\n",
    '"include": [a.example]\n',
    "include : [a.example]\n",
]


def draft(**changes: str | tuple[str, ...]) -> ScopeDraft:
    fields: dict[str, object] = {
        "name": "my-scope",
        "organisation": "Example University",
        "contact": "security@example.edu",
        "approved_by": "CISO",
        "approved_at": date(2026, 11, 1),
        "valid_from": date(2026, 11, 1),
        "valid_until": date(2027, 2, 1),
        **changes,
    }
    return ScopeDraft(**fields)  # type: ignore[arg-type]  # a test's own table


def test_a_new_scope_says_what_the_draft_says() -> None:
    text = new_scope(draft(include=("10.0.0.0/24", "[::1]"), exclude=("10.0.0.7",)))

    scope = parse_scope(text, name="scope.yaml", now=NOW)

    assert scope.owner.organisation == "Example University"
    assert [entry.text for entry in scope.include] == ["10.0.0.0/24", "[::1]"]
    assert [entry.text for entry in scope.exclude] == ["10.0.0.7"]


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf", "Cn", "Co"]), min_size=1, max_size=30),
    st.lists(ASSETS, min_size=1, max_size=4, unique=True),
)
def test_any_words_survive_in_a_new_scope(words: str, include: list[str]) -> None:
    try:
        text = new_scope(draft(name=words, organisation=words, include=tuple(include)))
    except UsageProblem:
        assert not words.isprintable()
        return
    value = read_yaml(text, name="scope.yaml").value
    assert value["scope"] == value["owner"]["organisation"] == words
    assert value["include"] == include


@pytest.mark.parametrize(
    "words", ["true", "null", "123", "1.5", "no", "2026-11-01", "0x10", "~", 'a "b" \\c: d # e', "大学", "🎓"]
)
def test_words_that_yaml_would_change_are_quoted(words: str) -> None:
    value = read_yaml(new_scope(draft(organisation=words)), name="scope.yaml").value

    assert value["owner"]["organisation"] == words


@pytest.mark.parametrize("words", ["a\nb", "\x1b[31m", "a\u202eb", "\x00", "\u2028"])
def test_words_that_cannot_be_shown_are_refused(words: str) -> None:
    with pytest.raises(UsageProblem, match="control characters"):
        new_scope(draft(organisation=words))


@pytest.mark.parametrize("asset", ["10.0.0.1/24", "", "ftp://x", "a b"])
def test_what_is_no_asset_is_refused_with_a_next_step(asset: str) -> None:
    with pytest.raises(UsageProblem) as new:
        new_scope(draft(include=(asset,)))
    with pytest.raises(UsageProblem) as added:
        add_assets(SCOPE_TEXT, "include", [asset])

    assert "s3://bucket" in new.value.next_step
    assert new.value.next_step == added.value.next_step


@given(
    st.sampled_from([HEAD + body for body in BODIES] + [SCOPE_TEXT]), FIELDS, st.lists(ASSETS, min_size=1, max_size=3)
)
def test_adding_keeps_every_line_and_every_comment(text: str, field: str, assets: list[str]) -> None:
    old = read_yaml(text, name="old").value

    added = add_assets(text, field, assets)

    new = read_yaml(added, name="new").value
    assert new[field] == [*assets, *(old.get(field) or [])]
    assert {**new, field: None} == {**old, field: None}
    rest = iter(added)
    assert all(letter in rest for letter in text.rstrip("\n")), "every letter of the old file is still there, in order"


@given(st.sampled_from(BODIES), st.lists(st.tuples(FIELDS, ASSETS), min_size=1, max_size=5))
def test_adding_again_and_again_still_parses(body: str, steps: list[tuple[str, str]]) -> None:
    text = HEAD + body
    for field, asset in [("include", "192.0.2.1"), *steps]:
        text = add_assets(text, field, [asset])

    scope = parse_scope(text, name="scope.yaml", now=NOW)

    for field, asset in steps:
        assert asset in [entry.text for entry in getattr(scope, field)] or asset.strip("[]") in {
            str(entry.network.network_address) for entry in getattr(scope, field) if entry.network
        }


@pytest.mark.parametrize("body", UNUSUAL)
def test_an_unusual_file_is_left_to_its_writer(body: str) -> None:
    """Better no change than an exclusion that is lost in a comment."""
    with pytest.raises(UsageProblem) as caught:
        add_assets(HEAD + body, "include", ["10.0.0.7"])

    assert caught.value.next_step == "Add the asset by hand."


def test_a_list_that_cannot_be_appended_is_left_to_the_writer() -> None:
    with pytest.raises(UsageProblem):
        add_assets(HEAD + "include: [a.example]\n...\n", "exclude", ["10.0.0.7"])


@pytest.mark.parametrize("text", ["include: [a.example", "- a", "", "a: *x"])
def test_a_broken_file_is_refused_and_not_made_worse(text: str) -> None:
    with pytest.raises((UsageProblem, BadFile)):
        add_assets(text, "include", ["10.0.0.7"])
