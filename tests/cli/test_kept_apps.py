"""Apps in the ledger, as a user types it: ids that stay from build to build, what is new, and an incident."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leakguard.apps.definitions import Need
from leakguard.apps.judging import SignKind
from leakguard.outputs import app_words
from leakguard.outputs.app_paper_zh import NEEDS, SIGNS, SURE
from support.app_packages import aab, apk, ipa, manifest, to_dex
from support.commands import CommandLine, command_line

SECRET = "AKIAQYLPMN5HFIQR7XYA"
APP = "APP-android-cn.example.jobs"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    (tmp_path / "one.apk").write_bytes(apk(manifest("READ_CONTACTS", version="8.0")))
    (tmp_path / "two.aab").write_bytes(aab(manifest("READ_CONTACTS", "READ_SMS", version="8.1")))
    (tmp_path / "three.apk").write_bytes(apk(manifest("READ_SMS", version="8.2")))
    (tmp_path / "half.apk").write_bytes(apk(manifest("READ_SMS", version="8.3"), {"classes.dex": b"packed"}))
    (tmp_path / "keys.apk").write_bytes(
        apk(manifest(package="cn.example.keys"), {"classes.dex": to_dex(["a.B"], [SECRET.encode()])})
    )
    (tmp_path / "chat.ipa").write_bytes(ipa({"NSCameraUsageDescription": "to send photographs"}))
    return command_line(tmp_path, monkeypatch, capsys)


def kept(leakguard: CommandLine, name: str) -> dict[str, object]:
    ran = leakguard("app", "check", name, "--category", "recruiting", "--keep", "--json")
    (found,) = ran.document["kept"]
    assert isinstance(found, dict)
    return found


def ids(found: dict[str, object]) -> dict[str, str]:
    """By what a finding is about, its id."""
    rows = found["findings"]
    assert isinstance(rows, list)
    return {one["text"].partition(" (")[0]: one["id"] for one in rows}


def test_a_finding_keeps_its_id_from_build_to_build_and_from_apk_to_bundle(leakguard: CommandLine) -> None:
    one, two, three = (kept(leakguard, name) for name in ("one.apk", "two.aab", "three.apk"))

    assert {found["app"] for found in (one, two, three)} == {APP}
    assert ids(two)["address book"] == ids(one)["address book"]
    assert ids(three)["text messages"] == ids(two)["text messages"]
    assert (one["before"], one["more"]) == (None, None)
    assert (two["more"], two["new"], two["closed"]) == (1, [ids(two)["text messages"]], [])
    assert (three["more"], three["new"], three["closed"]) == (-1, [], [ids(one)["address book"]])


def test_the_line_says_how_many_more_than_last_time(leakguard: CommandLine) -> None:
    leakguard("app", "check", "one.apk", "--category", "recruiting", "--keep")
    more = leakguard("app", "check", "two.aab", "--category", "recruiting", "--keep").err
    same = leakguard("app", "check", "two.aab", "--category", "recruiting", "--keep").err
    fewer = leakguard("app", "check", "three.apk", "--category", "recruiting", "--keep").err

    assert f"Kept: {APP} 8.1 (recruiting): 2 findings, 1 more than last time (8.0)" in more
    assert "2 findings, as many as last time (8.1)" in same
    assert "1 findings, 1 fewer than last time (8.1)" in fewer


def test_what_was_not_read_is_not_called_closed(leakguard: CommandLine) -> None:
    kept(leakguard, "two.aab")
    half = kept(leakguard, "half.apk")

    assert (half["whole"], half["closed"]) == (False, [])
    assert len(half["unknown"]) == 1  # type: ignore[arg-type]


def test_the_same_package_under_another_category_closes_nothing_and_says_so(leakguard: CommandLine) -> None:
    before = ids(kept(leakguard, "one.apk"))
    ran = leakguard("app", "check", "one.apk", "--category", "instant_messaging", "--keep", "--json")
    (after,) = ran.document["kept"]
    line = leakguard("app", "show", "cn.example.jobs").out

    assert (after["category"], after["before"]["category"], after["more"]) == ("instant_messaging", "recruiting", None)
    assert (after["closed"], after["unknown"]) == ([], [before["address book"]])
    assert "; last time (8.0) it was judged as recruiting" in line
    assert f"{before['address book']}  not comparable" in line


def test_without_keep_nothing_is_kept_and_no_secret_ever_is(leakguard: CommandLine) -> None:
    leakguard("app", "check", "one.apk", "--category", "recruiting")
    assert not (leakguard.folder / "leakguard.db").exists()
    leakguard("app", "check", "keys.apk", "--category", "news", "--keep")
    store = b"".join(path.read_bytes() for path in leakguard.folder.glob("leakguard.db*") if path.is_file())

    assert b"app_secret_shipped" in store
    assert SECRET.encode() not in store


def test_an_app_is_listed_shown_by_its_package_and_becomes_an_incident_that_names_its_findings(
    leakguard: CommandLine,
) -> None:
    found = kept(leakguard, "two.aab")
    listed = leakguard("app", "list", "--format", "json").document["apps"]
    shown = leakguard("app", "show", "cn.example.jobs")
    opened = leakguard("app", "incident", "cn.example.jobs", "--format", "json")
    story = leakguard("incident", "timeline", "IR-2026-0001").out
    report = leakguard("incident", "report", "IR-2026-0001", "-o", "report.html")

    assert [one["app"] for one in listed] == [APP]
    assert all(one in shown.out for one in ids(found).values())
    assert (opened.code, opened.document["playbook"]) == (0, "app-over-collects")
    assert "cn.example.jobs" in story
    assert report.code == 0
    text = (leakguard.folder / "report.html").read_text(encoding="utf-8")
    assert all(one in text for one in ids(found).values())
    assert leakguard("playbook", "start", "IR-2026-0001", "--playbook", "app-over-collects").code == 0


def test_the_report_is_there_in_chinese_with_every_verdict_and_no_english_sentence(leakguard: CommandLine) -> None:
    names = ("two.aab", "half.apk", "keys.apk", "chat.ipa")
    ran = leakguard("app", "check", *names, "--category", "recruiting", "--html", "--lang", "zh")
    english = leakguard("app", "check", *names, "--category", "recruiting", "--html").out
    page = re.sub(r"<style.*?</style>|<[^>]+>", " ", ran.out, flags=re.DOTALL)
    reasons = re.findall(r"程序给出的原因：(.*)", page)
    sentences = re.findall(r"(?:[a-z]{2,} ){4,}", re.sub(r"程序给出的原因：.*", "", page))

    assert 'lang="zh-CN"' in ran.out
    assert (set(NEEDS), set(SIGNS), set(SURE)) == (set(Need), set(SignKind), set(app_words.SURE))
    assert all(words in page for words in (NEEDS[Need.UNRELATED], "短信", "通讯录", "内含密钥", "4款App中有"))
    assert "部分" in page
    assert len(reasons) == english.count("Not checked for")
    assert sentences == []


def test_what_is_unknown_or_harmless_becomes_no_incident(leakguard: CommandLine) -> None:
    leakguard("app", "check", "chat.ipa", "--category", "instant_messaging", "--keep")

    assert leakguard("app", "show", "nobody").code == 2
    assert leakguard("app", "incident", "cn.example.jobs").code == 2
    (harmless,) = leakguard("app", "list", "--format", "json").document["apps"]
    assert leakguard("app", "incident", harmless["app"]).code == 2
