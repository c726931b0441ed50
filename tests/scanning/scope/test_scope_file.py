"""The scope file: refused when missing, expired, not yet valid or without an owner, with every problem at once."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile, ScopeRefused
from leakguard.models.scope import EntryKind, Limits
from leakguard.scanning.rates import MAX_RATE, parse_rate
from leakguard.scanning.scope.entries import parse_entry
from leakguard.scanning.scope.file import parse_scope
from support.scans import NOW, SCOPE_TEXT


def test_the_scope_of_the_contract_is_understood() -> None:
    scope = parse_scope(SCOPE_TEXT, name="scope.yaml", now=NOW)

    assert scope.name == "campus-2026"
    assert scope.owner.approved_at == date(2026, 11, 1)
    assert (scope.valid_from, scope.valid_until) == (date(2026, 11, 1), date(2027, 2, 1))
    assert [entry.kind for entry in scope.include] == [
        EntryKind.NETWORK,
        EntryKind.NETWORK,
        EntryKind.NAME,
        EntryKind.WILDCARD,
        EntryKind.BUCKET,
        EntryKind.ACCOUNT,
    ]
    assert [entry.text for entry in scope.exclude] == ["127.0.0.7"]
    assert scope.limits == Limits(total=500.0, per_host=5.0)
    assert scope.digest == hashlib.sha256(SCOPE_TEXT.encode()).hexdigest()


@pytest.mark.parametrize(("code", "nearest"), [("UK", "GB"), ("de", "DE"), ("XX", "")])
def test_a_country_of_the_owner_that_is_none_is_refused_with_the_right_code(code: str, nearest: str) -> None:
    text = SCOPE_TEXT.replace("owner: {", f"owner: {{country: {code}, ", 1)
    assert text != SCOPE_TEXT

    with pytest.raises(BadFile) as caught:
        parse_scope(text, name="scope.yaml", now=NOW)

    assert f"did you mean `{nearest}`" in caught.value.message if nearest else "XX" in caught.value.message


def test_limits_and_lists_may_be_left_out() -> None:
    lines = [line for line in SCOPE_TEXT.splitlines() if not line.startswith(("limits", "exclude", "decoys"))]

    scope = parse_scope("\n".join(lines), name="scope.yaml", now=NOW)

    assert scope.limits == Limits()
    assert scope.exclude == scope.decoys == ()


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), "is in the future"),
        (datetime(2027, 2, 2, tzinfo=UTC), "expired on 2027-02-01"),
    ],
)
def test_a_scope_is_refused_outside_its_days(now: datetime, says: str) -> None:
    with pytest.raises(ScopeRefused, match=says) as caught:
        parse_scope(SCOPE_TEXT, name="scope.yaml", now=now)

    assert caught.value.next_step


def test_both_edges_of_the_days_belong_to_the_scope() -> None:
    for now in (datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, 23, 59, 59, tzinfo=UTC)):
        assert parse_scope(SCOPE_TEXT, name="scope.yaml", now=now).name == "campus-2026"


def test_a_scope_may_hold_for_one_day_alone() -> None:
    text = SCOPE_TEXT.replace("until: 2027-02-01", "until: 2026-11-01")

    assert parse_scope(text, name="scope.yaml", now=datetime(2026, 11, 1, tzinfo=UTC)).name == "campus-2026"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("organisation: Example University", 'organisation: " "', "has no owner"),
        ("contact: security@example.edu", 'contact: ""', "has no owner"),
        ("approved_by: CISO", 'approved_by: ""', "has no owner"),
        ("until: 2027-02-01", "until: 2026-10-01", "ends before it begins"),
        ("from: 2026-11-01", "from: 2026-11-25", "not yet valid; it begins on 2026-11-25"),
        ("approved_at: 2026-11-01", "approved_at: 2026-11-25", "is in the future"),
    ],
)
def test_a_scope_without_permission_is_refused_with_a_next_step(old: str, new: str, says: str) -> None:
    with pytest.raises(ScopeRefused, match=says) as caught:
        parse_scope(SCOPE_TEXT.replace(old, new), name="scope.yaml", now=NOW)

    assert caught.value.message.startswith("scope.yaml: ")
    assert caught.value.next_step


def test_a_scope_that_includes_nothing_is_refused() -> None:
    lines = ["include: []" if line.startswith("include") else line for line in SCOPE_TEXT.splitlines()]

    with pytest.raises(ScopeRefused, match="includes nothing"):
        parse_scope("\n".join(lines), name="scope.yaml", now=NOW)


def test_all_problems_come_together_with_lines_and_nearest_names() -> None:
    text = (
        "scope: x\n"
        "owner: {organisation: A, contact: b, approved_by: c, aproved_at: 2026-11-01}\n"
        "valid: {from: yesterday, until: 2027-02-01}\n"
        "include:\n"
        "  - 10.0.0.1/24\n"
        "  - 7\n"
        "  - exa mple\n"
        "exclude: nothing\n"
        "limits: {total: fast}\n"
    )

    with pytest.raises(BadFile) as caught:
        parse_scope(text, name="scope.yaml", now=NOW)

    found = [str(problem) for problem in caught.value.problems]
    assert "line 2: owner.aproved_at: unknown field (did you mean `approved_at`?)" in found
    assert "line 2: owner.approved_at: this field is missing" in found
    assert "line 5: include[0]: `10.0.0.1/24`: has host bits set; did you mean `10.0.0.0/24`?" in found
    assert any(line.startswith("line 7: include[2]: `exa mple`: not an address") for line in found)
    for place in (
        "line 3: valid.from:",
        "line 6: include[1]:",
        "line 8: exclude:",
        "line 9: limits.total: must look like",
    ):
        assert any(line.startswith(place) for line in found), (place, found)


def test_wrong_entries_alone_are_a_bad_file() -> None:
    text = SCOPE_TEXT.replace("decoys: [127.0.0.9]", 'decoys: ["::/999"]')

    with pytest.raises(BadFile, match=r"line 8: decoys\[0\]: `::/999`"):
        parse_scope(text, name="scope.yaml", now=NOW)


@pytest.mark.parametrize("decoy", ["s3://trap", "aws://123456789012", "strapi://10.0.0.1/users", "firestore://trapped"])
def test_a_decoy_that_no_endpoint_is_recognised_by_is_refused(decoy: str) -> None:
    text = SCOPE_TEXT.replace("decoys: [127.0.0.9]", f'decoys: ["https://trap.example.edu:8443/", "{decoy}"]')

    with pytest.raises(BadFile, match=r"line 8: decoys\[1\]: .*name a decoy by its address, its name, its URL"):
        parse_scope(text, name="scope.yaml", now=NOW)


def test_a_scope_must_be_a_mapping() -> None:
    with pytest.raises(BadFile, match="must be a mapping"):
        parse_scope("- a\n", name="scope.yaml", now=NOW)


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("mail.example.edu", EntryKind.NAME, "mail.example.edu"),
        (" Mail.Example.EDU. ", EntryKind.NAME, "mail.example.edu"),
        ("_dmarc.example.edu", EntryKind.NAME, "_dmarc.example.edu"),
        ("*.Lab.example.edu", EntryKind.WILDCARD, "lab.example.edu"),
        ("s3://campus-backups", EntryKind.BUCKET, "campus-backups"),
        ("gs://campus", EntryKind.BUCKET, "campus"),
        ("aws://123456789012", EntryKind.ACCOUNT, "123456789012"),
    ],
)
def test_names_buckets_and_accounts_are_entries(text: str, kind: EntryKind, name: str) -> None:
    entry = parse_entry(text)

    assert (entry.kind, entry.name, entry.network) == (kind, name, None)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("127.0.0.1", "127.0.0.1/32"),
        ("127.0.0.0/24", "127.0.0.0/24"),
        ("[::1]", "::1/128"),
        ("[2001:db8::]/64", "2001:db8::/64"),
        ("::ffff:10.0.0.0/120", "10.0.0.0/24"),
        ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_addresses_and_networks_are_entries(text: str, network: str) -> None:
    """An IPv4 network written as IPv6 is that IPv4 network, or an exclusion would miss it."""
    assert parse_entry(text).network == ipaddress.ip_network(network)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "*.",
        "*.*.example",
        "a..b",
        "-a",
        "1.2.3.4.5",
        "999.1.1.1",
        "http://u:p@x",
        "aws://12",
        "s3://",
        "s3://-x",
        "a b",
        "a" * 254,
        "10.0.0.1/33",
        "exa\nmple",
    ],
)
def test_anything_else_is_no_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an address|not a bucket|a bucket of|a site is"):
        parse_entry(text)


@given(st.text(max_size=30) | st.text("0123456789abcdefs.:/-[]*%", max_size=30))
def test_any_text_is_an_entry_or_a_value_error(text: str) -> None:
    try:
        entry = parse_entry(text)
    except ValueError:
        return
    assert (entry.network is not None) == (entry.kind is EntryKind.NETWORK)
    assert entry.network is not None or entry.name


@pytest.mark.parametrize(("text", "rate"), [("500/s", 500.0), (" 0.5 / s ", 0.5), (f"{MAX_RATE:.0f}/s", MAX_RATE)])
def test_a_rate_is_a_number_a_second(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "5", "0/s", "-1/s", "5/m", "1e3/s", f"{MAX_RATE + 1:.0f}/s", "9" * 400 + "/s"])
def test_other_rates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must look like `500/s`"):
        parse_rate(text)


@given(st.text(max_size=80))
def test_any_text_is_a_scope_or_a_clear_refusal(text: str) -> None:
    with pytest.raises((BadFile, ScopeRefused)):
        parse_scope(text, name="scope.yaml", now=NOW)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_scope_holds_on_its_days_and_on_no_other(day: date) -> None:
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    is_valid = date(2026, 11, 1) <= day <= date(2026, 11, 1) + timedelta(days=92)

    try:
        parse_scope(SCOPE_TEXT, name="scope.yaml", now=now)
    except ScopeRefused:
        assert not is_valid
    else:
        assert is_valid


def test_one_table_of_a_server_of_our_own_cannot_be_excluded() -> None:
    """The server names its tables itself, so a part that is left out would be asked for all the same."""
    text = SCOPE_TEXT.replace("exclude: [127.0.0.7]", 'exclude: ["pocketbase://127.0.0.1:8090/secret"]')

    with pytest.raises(BadFile, match="exclude the server as a whole"):
        parse_scope(text, name="scope.yaml", now=NOW)
