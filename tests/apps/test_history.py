"""Apps in the ledger: each is known by its package, whatever the package or the file calls itself."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.rules_that_ship import rules, texts
from leakguard.apps.history import CHECKED, KeptCheck, KeptFinding, change_of, checks_in, subject_of
from leakguard.apps.judging import AppVerdict
from leakguard.apps.reading import CATEGORIES, parse_rules
from leakguard.models.events import exactly
from leakguard.models.records import KeptRecord


def verdict(kind: str, package: str) -> AppVerdict:
    return cast("AppVerdict", SimpleNamespace(facts=SimpleNamespace(kind=kind, package=package)))


def test_an_apk_and_a_bundle_are_one_app_and_one_for_another_system_is_another() -> None:
    assert subject_of(verdict("apk", "edu.example"), "a.apk") == subject_of(verdict("aab", "edu.example"), "b.aab")
    assert subject_of(verdict("ipa", "edu.example"), "a.ipa") != subject_of(verdict("apk", "edu.example"), "a.apk")


def test_one_that_names_no_package_is_known_by_its_file() -> None:
    assert subject_of(verdict("apk", ""), "folder/app.apk") == subject_of(verdict("apk", ""), "C:\\app.apk")


@pytest.mark.parametrize("name", ["a b", "\x1b[31m", "x" * 91, "../../etc", "应用"])
def test_a_name_that_is_no_plain_word_stands_in_no_subject(name: str) -> None:
    subject = subject_of(verdict("apk", name), "a.apk")

    assert name not in subject
    assert subject.isascii()
    assert subject.removeprefix("APP-android-").isalnum()
    assert subject != subject_of(verdict("apk", f"{name}2"), "a.apk")


def test_only_checks_of_apps_are_read() -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    subjects = [("APP-android-a", CHECKED), ("APP-android-a", "note"), ("IR-2026-0001", CHECKED)]
    records = [
        KeptRecord(
            sequence=number, subject=subject, kind=kind, occurred_at=exactly(at), recorded_at=at,
            content={"package": "a", "findings": [7, {"id": "AF-1", "rule": "r"}]}, hash="",
        )
        for number, (subject, kind) in enumerate(subjects, 1)
    ]  # fmt: skip

    found = checks_in(records)

    assert [(subject, [check.entry for check in checks]) for subject, checks in found.items()] == [
        ("APP-android-a", [1])
    ]
    assert [one.id for one in found["APP-android-a"][0].findings] == ["AF-1"]


LOCATION = KeptFinding(id="AF-1", rule="app_access_unrelated", level="warning", text="location")
SECRET = KeptFinding(id="AF-2", rule="app_secret_shipped", level="error", text="a secret")


def check(*findings: KeptFinding, **changes: Any) -> KeptCheck:  # noqa: ANN401  (fields of the check)
    stated = {
        "subject": "APP-android-a", "at": datetime(2026, 11, 30, tzinfo=UTC), "entry": 1, "package": "a",
        "version": "1", "category": "news", "rules": "0123", "sha256": "", "is_whole": True, "findings": findings,
        **changes,
    }  # fmt: skip
    return KeptCheck(**stated)


@pytest.mark.parametrize("after", [{"category": "map_navigation"}, {"rules": "4567"}], ids=["category", "rules"])
def test_another_category_closes_nothing(after: dict[str, str]) -> None:
    """Nor do other tables: the app may be just as it was. What does not depend on them is closed as ever."""
    change = change_of(check(LOCATION, SECRET), check(**after))

    assert (change.closed, change.unknown, change.is_comparable) == ((SECRET,), (LOCATION,), False)


def test_the_same_category_and_tables_close_what_is_gone() -> None:
    change = change_of(check(LOCATION, SECRET), check(SECRET))

    assert (change.closed, change.unknown, change.is_comparable) == ((LOCATION,), (), True)


def test_a_check_of_an_older_version_is_held_against_no_newer_one() -> None:
    """It does not say by which tables it was made."""
    assert change_of(check(LOCATION, rules=""), check()).closed == ()
    assert change_of(check(LOCATION, rules=""), check(rules="")).closed == (LOCATION,)


def test_the_digest_of_the_rules_is_that_of_the_tables_that_judge() -> None:
    other = {**texts(), CATEGORIES: f"{texts()[CATEGORIES]}# changed\n"}

    assert parse_rules(texts()).digest == rules().digest != parse_rules(other).digest
