"""The doubt before a letter or evidence leaves China: personal information raises it, counts do not."""

from __future__ import annotations

from leakguard.outbound.leaving import carried, evidence_doubt, is_foreign, letter_doubt
from support.each import for_each
from support.outbound import rules

OWN = ("dpo@example.edu", "+86 21 5555 0100")


@for_each(
    ("text", "kinds"),
    [
        ("9,500,000,000 records of 40,000 people between 2019-05-01 and 2019-05-22", ()),
        ("write to DPO@example.edu or call +86 21 5555 0100", ()),
        ("reference 20260101123456, port 9200, 13 of 15", ()),
        ("the finder wrote from ada@finder.example", ("mail",)),
        ("he answered at +1 415 555 0100", ("telephone",)),
        ("his mobile is 13800138000", ("telephone",)),
        ("see EV-12 and F-1a2b3c4d5e", ("evidence",)),
        ("ada@finder.example, +1 415 555 0100, EV-1", ("mail", "telephone", "evidence")),
    ],
)
def test_a_letter_is_searched_for_what_is_personal_and_for_evidence(text: str, kinds: tuple[str, ...]) -> None:
    assert carried([text], OWN) == kinds, text


@for_each(
    ("text", "kinds"),
    [
        ("证据EV-12号已提交", ("evidence",)),
        ("発見F-1a2b3c4d5e6f7089を参照", ("evidence",)),
        ("증거EV-12를", ("evidence",)),
        ("他的手机是13800138000。", ("telephone",)),
        ("手机138 0013 8000或", ("telephone",)),
        ("手机：138-0013-8000，", ("telephone",)),
        ("手机86-138-0013-8000", ("telephone",)),
        ("手机0086 138 0013 8000", ("telephone",)),
        ("电话+86 138 0013 8000。", ("telephone",)),
        ("携帯は+81 90 1234 5678です", ("telephone",)),
        ("邮箱ada@finder.example。", ("mail",)),
    ],
)
def test_evidence_and_telephones_are_found_between_chinese_signs(text: str, kinds: tuple[str, ...]) -> None:
    """Chinese, Japanese and Korean are written without spaces, and telephone numbers with or without (3-4-4)."""
    assert carried([text], OWN) == kinds, text


def test_a_contact_may_stand_in_a_letter_however_its_number_is_written() -> None:
    for text in ("138 0013 8000", "86-138-0013-8000", "电话13800138000"):
        assert carried([text], ("+86 138-0013-8000",)) == (), text


@for_each(
    "text",
    ["REV-12 and DEV-7", "PDF-12345678", "证据12号", "138 001 38000", "138-0013 8000", "128-0013-8000",
     "2026-138-0013-8000", "138-0013-8000-1", "13,138 0013 80001", "1,380,013,800 records", "2019-05-01 2019-05-22",
     "138.0013.8000", "138 0013\n8000", "50138 0013 8000"],
)  # fmt: skip
def test_a_count_or_a_reference_is_no_telephone_and_no_evidence(text: str) -> None:
    assert carried([text], OWN) == (), text


def test_people_who_are_named_raise_the_doubt_too() -> None:
    assert carried(["3 people"], OWN, names_people=True) == ("people",)


@for_each(
    ("country", "place", "foreign"),
    [("CN", "cn", False), ("CN", "HK", False), ("CN", "MO", False), ("CN", "TW", False), ("CN", "eu", True),
     ("CN", "us-ca", True), ("DE", "us", False), ("SG", "eu", False), ("", "eu", False)],
)  # fmt: skip
def test_only_chinese_law_asks_and_only_of_foreign_bodies(country: str, place: str, foreign: bool) -> None:  # noqa: FBT001  (a row of a table)
    assert is_foreign(country, place) is foreign, (country, place)


def test_the_sentences_name_both_articles_and_what_is_carried() -> None:
    text, chinese = letter_doubt(rules(), ("mail",)), letter_doubt(rules(), ("mail", "people"), "zh")

    assert "an e-mail address that is no contact" in text
    assert "Art. 41; Data Security Law, Art. 36" in text
    assert "第四十一条" in chinese
    assert "电子邮箱" in chinese
    assert "Art. 41" in evidence_doubt(rules())
    assert letter_doubt(rules(), ()) == ""
