"""Values: a kind by checksum and pattern, nothing by chance, and never the value itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.sensitivity.checksums import is_global_address, is_phone, is_sg_id
from leakguard.sensitivity.masks import LONGEST_SHOWN, pattern_of, shown_name, shown_series
from leakguard.sensitivity.tally import LIKELY_VALUES, MOST_FIELDS, Tally
from leakguard.sensitivity.values import LONGEST_VALUE, likely_kinds, sure_kinds

RESIDENT_ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (RESIDENT_ID, "identification_number.cn_resident_id"),
        ("440308199901101512", "identification_number.cn_resident_id"),
        ("13812345678", "contact.phone"),
        ("+86 138 1234 5678", "contact.phone"),
        ("+49 30 901820", "contact.phone"),
        ("0049 30 901820", "contact.phone"),
        ("canary@example.org", "contact.email"),
        ("write to canary@example.org, please", "contact.email"),
        ("4111 1111 1111 1111", "payment.card"),
        ("6222020200112230", "payment.card"),
        ("378282246310005", "payment.card"),
        ("DE89370400440532013000", "payment.bank_account"),
        ("GB82 WEST 1234 5698 7654 32", "payment.bank_account"),
        ("536-22-1234", "identification_number.us_ssn"),
        ("A123456789", "identification_number.tw_id"),
        ("A123456(3)", "identification_number.hk_id"),
        ("S1234567D", "identification_number.sg_nric"),
        ("900101-1234568", "identification_number.kr_rrn"),
        ("12345678Z", "identification_number.es_dni"),
        ("RSSMRA85T10A562S", "identification_number.it_codice_fiscale"),
        ("390.533.447-05", "identification_number.br_cpf"),
        ("8.8.8.8", "location.ip_address"),
        ("39.9042, 116.4074", "location"),
        ("00:1B:44:11:3A:B7", "profile.device"),
        ("Mozilla/5.0 (X11; Linux)", "profile.user_agent"),
        ("北京市海淀区中关村大街27号", "contact.address"),
        ("$2b$12$KIXQ4mJ0e0e0e0e0e0e0e0", "credentials.password_hash"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "credentials.token"),
        ("AKIAIOSFODNN7EXAMPLE", "credentials.secret"),
    ],
)
def test_a_value_is_of_the_kind_whose_checksum_it_passes(value: str, kind: str) -> None:
    assert kind in sure_kinds(value)


@pytest.mark.parametrize(
    "value",
    [
        "110105194912310021", "219-09-9999", "4111 1111 1111 1112", "0000000000000000", "10.0.0.1", "192.168.1.1",
        "999.1.1.1", "2019-05-22T10:00:00Z", "1558483200000", "f3a9b8c7d6e5", "A123456788", "A123456(4)", "S1234567A",
        "+1 0", "hello", "", "DE89370400440532013001", "1.2.3.4.5",
    ],
)  # fmt: skip
def test_a_value_that_only_looks_alike_is_of_no_kind(value: str) -> None:
    assert sure_kinds(value) == ()


def test_plain_digits_and_names_are_only_likely() -> None:
    assert likely_kinds("44051401359") == ("identification_number.pl_pesel",)
    assert likely_kinds("王小明") == ("basic.name",)
    assert likely_kinds("hello") == ()


def test_only_so_much_of_a_value_is_looked_at() -> None:
    assert sure_kinds(" " + "x" * LONGEST_VALUE + " canary@example.org") == ()


def test_what_no_library_can_read_is_no_number() -> None:
    assert not is_phone("+999")
    assert not is_global_address("8.8.8.888")


@pytest.mark.parametrize("nric", ["S0000001I", "T0000001E", "F0000001U", "G0000001P"])
def test_singapore_gives_its_letters_by_series(nric: str) -> None:
    """Worked by hand: the weighted sum of 0000001 is 2, and 6 with the offset of T and G."""
    assert is_sg_id(nric)
    assert not is_sg_id(nric[:-1] + "Z" if nric[-1] != "Z" else nric[:-1] + "A")


@given(st.text(max_size=200))
def test_no_value_breaks_the_rules(value: str) -> None:
    assert value not in sure_kinds(value) + likely_kinds(value)


@given(st.from_regex(r"[A-Z]{1,2}\d{6}\([0-9A]\)|[STFGM]\d{7}[A-Z]|[A-Z][1289]\d{8}", fullmatch=True))
def test_own_checksums_take_every_number_of_their_shape(value: str) -> None:
    assert len(sure_kinds(value)) <= 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("customers", "customers"),
        ("mail-2019.05", "mail-2019.05"),
        ("user_13812345678", "[a name that holds contact.phone]"),
        ("canary@example.org", "[a name that holds contact.email]"),
        (f"{RESIDENT_ID}_docs", "[a name that holds identification_number.cn_resident_id]"),
        ("client-8.8.8.8", "[a name that holds location.ip_address]"),
        ("case 1234567890123", "case [number]"),
        ("a\x1b[2Jb\u202e", "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}"),
        ("x" * 100, "x" * (LONGEST_SHOWN - 1) + "…"),
    ],
)
def test_a_name_that_is_a_value_is_shown_by_its_kind_alone(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_names_of_one_series_are_told_as_one() -> None:
    assert pattern_of("mail-2019.05.01") == "mail-*"
    assert shown_series(["mail-2019.05", "mail-2019.06", "mail-2019.05"]) == "mail-* (2)"
    assert shown_series(["mail-2019.05"]) == "mail-2019.05"
    assert shown_series(["user_13812345678", "user_13912345678"]) == "user_* (2)"


def test_a_tally_counts_kinds_by_field_and_keeps_no_value() -> None:
    tally = Tally()
    for value in (RESIDENT_ID, "unknown", "440308199901101512"):
        tally.take("index people", "sfz", value)

    (found,) = tally.categories()

    assert (found.category, found.where, found.count, found.looked_at, found.by) == (
        "identification_number.cn_resident_id", "index people field sfz", 2, 3, "value",
    )  # fmt: skip
    assert RESIDENT_ID not in repr(tally)
    assert tally.looked_at == 3


@pytest.mark.parametrize(
    ("values", "is_believed"),
    [
        (["王小明"] * LIKELY_VALUES, True),
        (["王小明"] * (LIKELY_VALUES - 1), False),
        (["王小明"] * 3 + ["hello"], False),
        (["王小明"] * 8 + ["hello"] * 2, True),
    ],
)
def test_a_weak_checksum_is_believed_of_a_field_full_of_them(values: list[str], *, is_believed: bool) -> None:
    tally = Tally()
    for value in values:
        tally.take("table t", "f", value)

    assert bool(tally.categories()) is is_believed


def test_fields_beyond_a_cap_are_counted_together() -> None:
    """Keys of documents may be anything, values as well; no more than so many are ever told."""
    tally = Tally()
    for number in range(MOST_FIELDS + 5):
        tally.take("index i", f"f{number}", "canary@example.org")

    last = tally.categories()[-1]

    assert len(tally.categories()) == MOST_FIELDS + 1
    assert (last.where, last.count) == ("index i field (other fields)", 5)
