"""The kinds of events: how they are grouped, and which one is meant by a word that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.event_kinds import GROUPS, KEYWORDS, KINDS, meant_kinds, unknown_kind_message


def test_every_kind_stands_in_one_group_and_every_keyword_belongs_to_a_kind() -> None:
    grouped = [name for names in GROUPS.values() for name in names]

    assert sorted(grouped) == sorted(KINDS)
    assert set(KEYWORDS) <= set(KINDS)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("told", "filed"), ("notified", "subjects_notified"), ("notify", "filed"), ("fixed", "contained"),
        ("found", "detected"), ("blocked", "contained"), ("patched", "remediation_verified"),
        ("restored", "recovered"), ("email", "notice_received"), ("paid", "payment"), ("finished", "closed"),
        ("postmortem", "lessons_recorded"), ("comment", "note"), ("aware", "awareness"),
        ("supplier", "processor_awareness"),
        ("extended", "extension_granted"), ("found_out", "discovery"), ("customers told", "subjects_notified"),
    ],
)  # fmt: skip
def test_a_word_of_every_day_leads_to_the_kind_that_it_means(word: str, kind: str) -> None:
    assert f"`{kind}`" in (unknown_kind_message(word) or "")


@pytest.mark.parametrize(
    ("word", "kind"),
    [("discovry", "discovery"), ("awarenes", "awareness"), ("filde", "filed"), ("reopend", "reopened")],
)
def test_a_misspelt_name_still_leads_to_its_kind(word: str, kind: str) -> None:
    assert meant_kinds(word) == (kind,)


def test_a_word_that_means_nothing_leads_nowhere() -> None:
    assert unknown_kind_message("zzzzzz") == "unknown event kind `zzzzzz`"


@given(st.text(max_size=300))
def test_no_text_makes_it_fail_or_name_what_is_no_kind(text: str) -> None:
    assert set(meant_kinds(text)) <= set(KINDS)
    assert len(meant_kinds(text)) <= 3
