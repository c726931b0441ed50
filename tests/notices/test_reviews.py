"""A lawyer's review of a rule, in the organisation's own folder, and where it shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.models.letters import as_sent
from leakguard.notices.assess import sourced
from leakguard.notices.book import DutyBook, load_duties
from leakguard.outputs.provenance import review_lines
from leakguard.use_cases.letters.draft_notices import draft_letter
from support.notices import GDPR_33, NOW, complete, facts_of

ENTRY = f"reviews:\n  - {{duty: {GDPR_33}, by: 'Dr. A. Weber, counsel', on: DAY, note: for our group}}\n"
DATED = ENTRY.replace("DAY", "2026-01-02")


def book_of(folder: Path, text: str) -> DutyBook:
    (folder / "reviews.yaml").write_text(text, encoding="utf-8")
    return load_duties(BundledFiles(own_duties=folder))


def test_a_review_stands_on_its_rule_alone(tmp_path: Path) -> None:
    book = book_of(tmp_path, ENTRY.replace("DAY", "2026-12-20"))
    review = book.duty(GDPR_33).reviewed

    assert review is not None
    assert (review.by, review.on, review.note) == ("Dr. A. Weber, counsel", date(2026, 12, 20), "for our group")
    assert [duty.id for duty in book.duties if duty.reviewed] == [GDPR_33]
    assert book.duty(GDPR_33).is_changed_since_review is False


def test_a_review_that_is_older_than_the_rule_says_so_everywhere(tmp_path: Path) -> None:
    book = book_of(tmp_path, ENTRY.replace("DAY", "2026-01-02"))
    duty = book.duty(GDPR_33)
    letter = draft_letter(book, BundledFiles(), facts_of(complete()), GDPR_33, lang="en", now=NOW)
    footer = "\n".join(letter.footer)

    assert sourced(duty)["reviewed"] == {
        "by": "Dr. A. Weber, counsel", "on": "2026-01-02", "note": "for our group", "older_than_rule": True,
    }  # fmt: skip
    assert "have it reviewed again" in list(review_lines(duty))[1]
    assert "Reviewed by Dr. A. Weber, counsel on 2 January 2026." in footer
    assert "after that review" in footer
    assert as_sent(letter).footer == ()


def test_a_rule_without_a_review_says_nothing_of_one(tmp_path: Path) -> None:
    duty = book_of(tmp_path, "reviews: []\n").duty(GDPR_33)

    assert sourced(duty)["reviewed"] is None
    assert list(review_lines(duty)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (DATED.replace(GDPR_33, "eu-gdpr-33-autority"), "did you mean `eu-gdpr-33-authority`"),
        (DATED + DATED.splitlines()[1] + "\n", "stands here twice"),
        (ENTRY.replace("DAY", "yesterday"), "reviews[0].on"),
        ("reviews:\n  - {duty: eu-gdpr-33-authority, by: '', on: 2026-01-02}\n", "reviews[0].by"),
        ("review: []\n", "did you mean `reviews`"),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused_with_the_problem(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadFile) as refused:
        book_of(tmp_path, text)

    assert problem in str(refused.value)
    assert "own/reviews.yaml" in str(refused.value)


def test_the_footer_of_a_draft_names_a_review_that_is_newer_than_the_rule(tmp_path: Path) -> None:
    book = book_of(tmp_path, ENTRY.replace("DAY", "2026-12-20"))
    letter = draft_letter(book, BundledFiles(), facts_of(complete()), GDPR_33, lang="en", now=NOW)

    assert "Reviewed by Dr. A. Weber, counsel on 20 December 2026." in "\n".join(letter.footer)
    assert "after that review" not in "\n".join(letter.footer)
