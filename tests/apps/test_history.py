"""Apps in the ledger: each is known by its package, whatever the package or the file calls itself."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from leakguard.apps.history import CHECKED, checks_in, subject_of
from leakguard.apps.judging import AppVerdict
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
