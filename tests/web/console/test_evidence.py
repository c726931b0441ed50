"""The evidence of an incident on the pages: taken in, downloaded, handed over, sealed, held."""

from __future__ import annotations

import pytest

from support.door import ANNA, BEN, SAME, Served
from support.visitor import Visitor

pytestmark = pytest.mark.untraced


@pytest.fixture
def anna(served: Served) -> Visitor:
    visitor = Visitor(served, ANNA).open("/incidents/new").send("/incidents/new", {"title": "a cache"})
    visitor.at = visitor.path.partition("?")[0]  # type: ignore[attr-defined]
    return visitor


def taken_in(visitor: Visitor) -> str:
    """The page of an item that was just taken in."""
    at = visitor.at  # type: ignore[attr-defined]
    visitor.open(f"{at}/evidence")
    said = {"note": "whole <b>day</b>", "source": "proxy", "at-day": "2026-05-01"}
    visitor.send(f"{at}/evidence", said, files={"file": ("a/../access <i>.log", b"line\n")})
    return next(link for link in visitor.links() if "/evidence/EV-" in link)


def test_a_file_is_taken_in_with_its_hash_and_comes_back_as_it_was(anna: Visitor) -> None:
    page = taken_in(anna)
    assert "c73b73af8851e9e9" in anna.text
    assert "whole <b>day</b>" in anna.text
    anna.open(page)
    assert "5 bytes" in anna.text
    assert "access <i>.log" in anna.text
    download = next(link for link in anna.links() if link.endswith("/content"))
    answer = anna.client.get(download, headers=SAME)
    assert answer.content == b"line\n"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_each_act_of_custody_stands_in_the_chain(served: Served, anna: Visitor) -> None:
    page = taken_in(anna)
    anna.open(page)
    for path, name, text in (
        ("seal", "seal_evidence", "bag 17"), ("unseal", "unseal_evidence", "for the laboratory"),
        ("hand-over", "hand_over_evidence", "B. Expert, laboratory"), ("hold", "hold_evidence", "police request"),
    ):  # fmt: skip
        anna.send(f"{page}/{path}", {f"{name}-text": text})
        assert text in anna.text
    ben = Visitor(served, BEN).open(page)
    ben.send(f"{page}/hand-over", {"hand_over_evidence-text": "Ben Cole"})
    assert "gap: by the records somebody else held it" in ben.text
    ben.send(f"{page}/release", {"release_evidence-text": "the case is settled"})
    assert "The legal hold is over." in ben.text


def test_a_form_without_a_file_says_what_is_missing(anna: Visitor) -> None:
    at = anna.at  # type: ignore[attr-defined]
    anna.open(f"{at}/evidence").send(f"{at}/evidence", {"note": "nothing"}, status=400)
    assert "no file was chosen" in anna.text


def test_an_item_of_another_incident_is_not_shown(anna: Visitor) -> None:
    page = taken_in(anna)
    anna.open("/incidents/new").send("/incidents/new", {"title": "another"})
    other = anna.path.partition("?")[0]
    anna.open(f"{other}/evidence/{page.rpartition('/')[2]}", status=404)
