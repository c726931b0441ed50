"""What a scan met and no check knows, and the entries of a scope that no scan looks at."""

from __future__ import annotations

import pytest

from leakguard.models.scope import EntryKind
from leakguard.use_cases.scans.unknown_endpoints import not_scanned_in, unknown_of
from support.scans import scope_of


def test_only_what_stands_as_other_at_last_is_unknown() -> None:
    done = [("10.0.0.1:1433", "not_checked"), ("10.0.0.1:1433", "other"), ("10.0.0.2:80", "other"),
            ("10.0.0.2:80", "exposed"), ("10.0.0.3:1", "closed")]  # fmt: skip

    assert [one.target for one in unknown_of(done, ())] == ["10.0.0.1:1433"]


def test_what_usually_listens_at_the_port_is_told_first_unless_a_check_asks_there() -> None:
    done = [("10.0.0.1:4711", "other"), ("[::1]:3690", "other"), ("10.0.0.2:1433", "other")]

    assert [(one.target, one.usual) for one in unknown_of(done, {1433})] == [
        ("[::1]:3690", "Subversion"), ("10.0.0.1:4711", ""), ("10.0.0.2:1433", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("behind", ["", " (mail.example.edu)", " (mail.example.edu)/a (b:1)", "/a (b:1)"])
def test_a_name_keeps_the_usual_service_of_its_port(behind: str) -> None:
    (found,) = unknown_of([(f"192.0.2.1:22{behind}", "other")], ())
    (other,) = unknown_of([(f"[2001:db8::1]:22{behind}", "other")], ())
    (checked,) = unknown_of([(f"192.0.2.1:22{behind}", "other")], {22})

    assert (found.usual, other.usual, checked.usual) == ("SSH", "SSH", "")
    assert found.target == f"192.0.2.1:22{behind.partition('/')[0]}"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("aws://123456789012", "aws://123456789012: an account is asked from the owner's side"),
        ("*.lab.example.edu", "*.lab.example.edu: nobody knows the names under it"),
    ],
)
def test_each_kind_of_entry_that_no_scan_looks_at_is_named_with_what_does(entry: str, said: str) -> None:
    (line,) = not_scanned_in(scope_of(entry, "127.0.0.1", "mail.example.edu", "s3://campus-backups"))

    assert line.startswith(said)
    scanned = {EntryKind.NETWORK, EntryKind.NAME, EntryKind.BUCKET, EntryKind.BACKEND, EntryKind.SITE}
    assert scanned | {EntryKind.WILDCARD, EntryKind.ACCOUNT} == {*EntryKind}, "a new kind is scanned, or named here"
