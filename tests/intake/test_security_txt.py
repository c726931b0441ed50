"""security.txt: each rule of RFC 9116 on both of its sides, and what a published parser says of the same files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sectxt import Parser  # type: ignore[import-untyped]

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.intake import security_txt
from leakguard.intake.promises import load_promises
from leakguard.intake.security_txt import BEGIN, END, SIGNATURE, FetchedFile, drift_of, read_security_txt
from leakguard.intake.site_pages import SitePagesRequest, load_pages, site_files
from leakguard.intake.sites import has_complaint_contact, load_site_rules, results_for
from support.each import for_each

FOLDER = Path(__file__).parents[2] / "intake"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml")}
RULES = load_site_rules(TEXTS)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
URL = "https://www.example.edu/.well-known/security.txt"
GOOD = (
    "Contact: mailto:security@example.edu\nExpires: 2027-03-01T00:00:00Z\nEncryption: https://www.example.edu/key.asc\n"
    f"Policy: https://www.example.edu/policy\nPreferred-Languages: en, zh\nCanonical: {URL}\n"
)


def signed(text: str, *, after: str = "", before: str = "") -> str:
    return f"{before}{BEGIN}\nHash: SHA512\n\n{text}{SIGNATURE}\n\nabcd\n{END}\n{after}"


def codes(text: str | bytes, **changes: Any) -> set[str]:  # noqa: ANN401  (any field)
    body = text.encode() if isinstance(text, str) else text
    return set(read_security_txt(replace(FetchedFile(url=URL, body=body), **changes), now=NOW).problems)


def test_a_file_that_is_right_and_signed_has_no_problem() -> None:
    found = read_security_txt(FetchedFile(url=URL, body=signed(GOOD).encode()), now=NOW)

    assert (found.problems, found.is_signed) == ((), True)
    assert found.expires == datetime(2027, 3, 1, tzinfo=UTC)
    assert found.of("contact") == ("mailto:security@example.edu",)


def test_a_file_that_is_right_and_unsigned_has_one_advice() -> None:
    assert codes(GOOD) == {"not_signed"}


EXPIRES = "Expires: 2027-03-01T00:00:00Z"


@for_each(
    "old, new, code",
    [
        (EXPIRES, "", "no_expires"),
        (EXPIRES, f"{EXPIRES}\n{EXPIRES}", "many_expires"),
        (EXPIRES, "Expires: soon", "bad_expires"),
        (EXPIRES, "Expires: 2027-13-01T00:00:00Z", "bad_expires"),
        (EXPIRES, "Expires: 2027-03-01", "bad_expires"),
        (EXPIRES, "Expires: 1900-01-01T00:00:00Z", "bad_expires"),
        (EXPIRES, "Expires: 0001-01-01T00:00:00+14:00", "bad_expires"),
        (EXPIRES, "Expires: 9999-12-31T23:59:59-14:00", "bad_expires"),
        (EXPIRES, "Expires: 9999-12-31T23:59:59Z", "expires_too_far"),
        (EXPIRES, "Expires: 2026-06-01T00:00:00Z", "expired"),
        (EXPIRES, "Expires: 2026-06-01T01:00:00+01:00", "expired"),
        (EXPIRES, "Expires: 2026-07-01T00:00:00Z", "expires_within_30_days"),
        (EXPIRES, "Expires: 2026-07-01T00:00:01Z", "expires_within_90_days"),
        (EXPIRES, "Expires: 2026-08-30T00:00:00Z", "expires_within_90_days"),
        (EXPIRES, "Expires: 2027-06-03T00:00:00Z", "expires_too_far"),
        ("mailto:security@example.edu", "security@example.edu", "contact_no_uri"),
        ("mailto:security@example.edu", "mailto:a b@example.edu", "contact_no_uri"),
        ("Contact: mailto:security@example.edu", "", "no_contact"),
        ("Policy: https:", "Policy: http:", "http_uri"),
        ("Policy: https:", "Policy: gopher:", "bad_uri"),
        ("Policy: https://www.example.edu/policy", "Policy: nothing", "bad_uri"),
        ("Encryption: https://www.example.edu/key.asc\n", "", "no_encryption"),
        ("Policy: https://www.example.edu/policy\n", "", "no_policy"),
        ("en, zh", "en, english!", "bad_language"),
        ("en, zh", "en\nPreferred-Languages: zh", "many_languages"),
        ("Preferred-Languages: en, zh\n", "", "no_languages"),
        (f"Canonical: {URL}\n", "", "no_canonical"),
        (URL, "https://other.example.edu/.well-known/security.txt", "canonical_elsewhere"),
        ("Policy:", "no colon\nPolicy:", "bad_line"),
        ("Policy:", "Hiring:\nPolicy:", "bad_line"),
        ("Policy:", "Colour: red\nPolicy:", "unknown_field"),
    ],
)
def test_each_rule_is_broken_by_one_change_and_by_no_other(old: str, new: str, code: str) -> None:
    assert old in GOOD
    assert codes(GOOD.replace(old, new)) - {"not_signed"} == {code}


def test_the_last_moment_before_a_year_and_one_behind_90_days_are_fine() -> None:
    for expires in ("2026-08-30T00:00:01Z", "2027-06-02T00:00:00Z"):
        assert codes(GOOD.replace("2027-03-01T00:00:00Z", expires)) == {"not_signed"}


@for_each(
    "changes, code",
    [
        ({"content_type": "text/html"}, "wrong_content_type"),
        ({"content_type": "text/plain"}, "wrong_charset"),
        ({"content_type": 'text/plain; charset="UTF-8"'}, ""),
        ({"was_redirected_to": "other.example.edu"}, "redirected"),
        ({"content_type": ""}, "wrong_content_type"),
    ],
)
def test_how_it_is_served_counts(changes: dict[str, str], code: str) -> None:
    assert codes(GOOD, **changes) - {"not_signed"} == ({code} if code else set())


def test_a_file_over_http_or_at_the_old_place_is_named() -> None:
    assert "not_https" in codes(GOOD, url=URL.replace("https", "http"))
    assert "legacy_place" in codes(GOOD, url="https://www.example.edu/security.txt")


def test_bytes_that_are_no_utf8_a_mark_and_what_is_too_long_are_named() -> None:
    assert codes(b"\xff\xfe") == {"not_utf8"}
    assert codes(b"\xef\xbb\xbf" + GOOD.encode()) == {"byte_order_mark", "not_signed"}
    assert "too_long" in codes(GOOD + "#" * security_txt.MOST_BYTES)
    assert "too_long" in codes(GOOD + "\n" * security_txt.MOST_LINES)


@for_each(
    "text, code",
    [
        (signed(GOOD, after="# more\n"), "data_after_signature"),
        (signed(GOOD, before="# first\n"), "data_before_signature"),
        (signed(GOOD).replace(SIGNATURE, ""), "bad_signature_frame"),
        (signed(GOOD).replace(END, ""), "bad_signature_frame"),
        (signed(f"{GOOD}-undashed\n"), "bad_signature_frame"),
        (signed(GOOD.replace(f"Canonical: {URL}\n", "")), "signed_without_canonical"),
        (f"{GOOD}{SIGNATURE}\n", "bad_signature_frame"),
        (signed(f"- - a comment\n{GOOD}"), "bad_line"),
    ],
)
def test_the_frame_of_a_signature_is_checked(text: str, code: str) -> None:
    assert code in codes(text)


def test_a_frame_without_its_blank_line_is_read_all_the_same() -> None:
    assert "no_contact" in codes(f"{BEGIN}\nHash: SHA512\n{SIGNATURE}\n{END}\n")


def test_what_differs_between_our_own_sites_is_named_by_field() -> None:
    def at(text: str) -> security_txt.SecurityTxt:
        return read_security_txt(FetchedFile(url=URL, body=text.encode()), now=NOW)

    other = at(GOOD.replace("security@", "old@").replace("www.example.edu/.well", "mail.example.edu/.well"))

    assert drift_of({"a": at(GOOD), "b": at(GOOD), "c": other}) == {"c": ("contact",)}
    assert drift_of({}) == {}


def test_each_code_has_a_rule_and_each_result_says_what_to_do() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(security_txt.__file__).parent.glob("s*.py"))
    used = {code for code in RULES.rules if f'"{code}"' in source}
    elsewhere = {"missing", "bad_certificate", "redirected_outside", "bad_signature", "unknown_key", "drift",
                 "key_expires_first", "no_complaint_contact"}  # fmt: skip

    assert set(RULES.rules) - used == elsewhere
    found = results_for("a", ["no_policy", "expired", "expired", "drift"], RULES, {"drift": "contact"})
    assert [(one.code, one.level, one.detail) for one in found] == [
        ("expired", "error", ""), ("no_policy", "advice", ""), ("drift", "advice", "contact"),
    ]  # fmt: skip
    assert all(one.text and one.fix for one in found)


@for_each(
    "page, has",
    [
        ("<p>违法和不良信息举报电话：010-12345678</p>", True),
        ("<p>投诉邮箱 jubao@example.edu.cn</p>", True),
        ("<p>举报</p><a href='mailto:jubao@example.edu.cn'>邮箱</a>", True),
        ("<p>举报中心</p>", False),
        ("<p>电话 010-12345678</p>", False),
        ("<p>举报</p>" + "字" * 500 + "010-12345678", False),
        ("", False),
        ("<p>举报请拨 12377</p>", True),
    ],
)
def test_a_complaint_contact_is_a_word_with_an_address_or_a_number_near_it(page: str, has: bool) -> None:  # noqa: FBT001  (a table)
    assert has_complaint_contact(page.encode()) is has


def wanted(**changes: Any) -> SitePagesRequest:  # noqa: ANN401  (any field)
    base = SitePagesRequest(
        host="www.example.edu", organisation="Example University", contacts=("mailto:s@example.edu",)
    )
    return replace(base, **changes)


def test_what_is_written_is_right_by_the_rules_and_by_a_published_parser() -> None:
    now = datetime.now(UTC)  # noqa: TID251  (the published parser asks the clock of the machine)
    files = site_files(
        wanted(policy="https://www.example.edu/policy", encryption="https://www.example.edu/key.asc", days=200),
        load_pages(TEXTS), load_promises(TEXTS), now=now,
    )  # fmt: skip
    text = files[".well-known/security.txt"]
    published = Parser(text.encode(), urls=URL)

    assert read_security_txt(FetchedFile(url=URL, body=text.encode()), now=now).problems == ("not_signed",)
    assert published.errors == []
    assert "{" not in "".join(files.values())
    assert "within 30 days" in files["security-policy.en.md"]
    assert "30 日内" in files["security-policy.zh.md"]


@for_each(
    "changes",
    [{"contacts": ("s@example.edu",)}, {"contacts": ()}, {"days": 0}, {"days": 400}, {"host": "a b"}, {"policy": "http://x/"},
     {"host": "WWW.example.edu"}],
)  # fmt: skip
def test_nothing_is_written_that_would_not_be_right(changes: dict[str, object]) -> None:
    with pytest.raises(UsageProblem, match="would not be right"):
        site_files(wanted(**changes), load_pages(TEXTS), load_promises(TEXTS), now=NOW)


SAME = {
    "no_expire": "no_expires", "multi_expire": "many_expires", "invalid_expiry": "bad_expires", "expired": "expired",
    "no_contact": "no_contact", "no_uri": "contact_no_uri", "no_https": "http_uri", "multi_lang": "many_languages",
    "invalid_lang": "bad_language", "no_canonical_match": "canonical_elsewhere", "bom_in_file": "byte_order_mark",
}  # fmt: skip
"""Codes of the published parser, and ours."""


@for_each(
    "text",
    [
        GOOD.replace(EXPIRES, ""),
        GOOD.replace(EXPIRES, f"{EXPIRES}\n{EXPIRES}"),
        GOOD.replace(EXPIRES, "Expires: soon"),
        GOOD.replace("2027-03-01", "2020-03-01"),
        GOOD.replace("Contact: mailto:security@example.edu\n", ""),
        GOOD.replace("mailto:security", "security"),
        GOOD.replace("Policy: https", "Policy: http"),
        GOOD.replace("en, zh", "en\nPreferred-Languages: zh"),
        "\ufeff" + GOOD,
        GOOD.replace(URL, "https://other.example.edu/.well-known/security.txt"),
    ],
)
def test_a_published_parser_finds_the_same_errors(text: str) -> None:
    theirs = {SAME[one["code"]] for one in Parser(text.encode(), urls=URL).errors if one["code"] in SAME}
    ours = codes(text)

    assert theirs
    assert theirs <= ours


@given(st.text(max_size=200), st.binary(max_size=60))
def test_no_file_breaks_the_reader(noise: str, more: bytes) -> None:
    for body in (
        noise.encode("utf-8", "replace"),
        GOOD.encode() + more,
        signed(noise).encode("utf-8", "replace") + more,
    ):
        assert set(read_security_txt(FetchedFile(url=URL, body=body), now=NOW).problems) <= set(RULES.rules)
