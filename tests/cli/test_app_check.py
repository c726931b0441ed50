"""`leakguard app`, as a user types it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.use_cases.apps.check_apps import MOST_BYTES
from support.app_packages import aab, apk, ipa, manifest, plist, to_dex, uses, zipped
from support.commands import CommandLine, command_line
from support.each import for_each

SECRET = "AKIAQYLPMN5HFIQR7XYA"
UNREADABLE = zipped({"AndroidManifest.xml": b"<manifest/>"})
APPS = {
    "jobs.apk": apk(manifest("CAMERA", "ACCESS_FINE_LOCATION", "READ_CONTACTS", "INTERNET")),
    "dates.aab": aab(manifest("READ_CONTACTS", package="cn.example.dates")),
    "map.apk": apk(manifest("ACCESS_FINE_LOCATION", package="cn.example.map")),
    "chat.ipa": ipa({"NSCameraUsageDescription": "to send photographs"}, {"PrivacyInfo.xcprivacy": plist({})}),
    "silent.ipa": ipa({"NSCameraUsageDescription": ""}),
    "locked.apk": UNREADABLE,
    "half.apk": apk(manifest("CAMERA", package="cn.example.half"), {"classes.dex": b"packed by somebody"}),
    "old.apk": apk(manifest("CAMERA", sdk=(16, 22))),
    "keys.apk": apk(manifest(), {"classes.dex": to_dex(["com.umeng.A"], [SECRET.encode()])}),
    "letter.pdf": b"%PDF-1.7",
}


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    for name, data in APPS.items():
        (tmp_path / name).write_bytes(data)
    return command_line(tmp_path, monkeypatch, capsys)


CODES = {
    "chat.ipa": ("instant_messaging", 0), "map.apk": ("map_navigation", 0), "jobs.apk": ("recruiting", 1),
    "dates.aab": ("dating", 1), "silent.ipa": ("instant_messaging", 1), "old.apk": ("photo", 1),
    "keys.apk": ("news", 1), "locked.apk": ("news", 3), "half.apk": ("photo", 3), "letter.pdf": ("news", 2),
}  # fmt: skip


def test_the_exit_code_says_what_came_of_each_package(leakguard: CommandLine) -> None:
    codes = {
        name: leakguard("app", "check", name, "--category", category).code for name, (category, _) in CODES.items()
    }

    assert codes == {name: code for name, (_, code) in CODES.items()}


def test_one_package_is_shown_in_detail(leakguard: CommandLine) -> None:
    ran = leakguard("app", "check", "jobs.apk", "--category", "recruiting")

    assert ran.out.startswith("jobs.apk: Android app (APK) cn.example.jobs 8.1, made for API 35\n")
    for line in (
        "Category: Recruiting 求职招聘 (11)",
        "Unrelated to the category: 1\n  address book: READ_CONTACTS\n",
        "asks for it [our own inference]; holds data of people who do not use the app\n",
        "Explainable: must be optional, and asked for when its function is used: 2\n  camera: CAMERA\n",
        "Leads to no personal information: 1\n  working of the app and of the device: INTERNET\n",
        "  4 collection that has nothing to do with the service, against the principle of necessity: in part; ",
        "  6 no way to delete or correct, or no way to complain: nothing; ",
        "A permission is no collection, and what is not necessary is no offence: a person judges.\n",
    ):
        assert line in ran.out
    assert "1 of 1 app asks for more than the category needs." in ran.err


def test_several_packages_are_a_table_with_a_sum(leakguard: CommandLine) -> None:
    names = ("jobs.apk", "map.apk", "half.apk", "locked.apk", "letter.pdf")

    ran = leakguard("app", "check", *names, "--category", "11")

    rows = {line.split()[0]: line for line in ran.out.splitlines()}
    assert ran.code == 1
    assert list(rows) == ["FILE", *names]
    assert rows["jobs.apk"].split()[1:] == ["recruiting", "contacts", "camera,", "location", "none", "whole"]
    assert rows["half.apk"].endswith("in part")
    assert "not checked: it is no zip archive" in rows["letter.pdf"]
    assert "1 of 4 apps asks for more than the category needs; 1 file was not checked; 2 apps were" in ran.err
    assert "Not checked: letter.pdf: it is no zip archive, or it is cut short" in ran.err
    assert "Next: name whole packages" in ran.err


def test_what_was_not_read_is_never_taken_for_clean(leakguard: CommandLine) -> None:
    text = leakguard("app", "check", "locked.apk", "--category", "news")
    (app,) = leakguard("app", "check", "locked.apk", "--category", "news", "--json").document["apps"]

    assert "NOT CHECKED for permissions: AndroidManifest.xml: it is no binary XML" in text.out
    assert "1 app was checked in part" in text.err
    assert app["is_whole"] is False
    assert app["verdict"]["unread"] == [
        {"part": "AndroidManifest.xml", "why": "it is no binary XML", "concerns": ["permissions"]}
    ]


def test_a_package_that_is_too_long_is_not_checked_and_stops_no_batch(leakguard: CommandLine) -> None:
    (leakguard.folder / "huge.apk").touch()
    os.truncate(leakguard.folder / "huge.apk", MOST_BYTES + 1)

    ran = leakguard("app", "check", "huge.apk", "map.apk", "--category", "map_navigation")

    assert ran.code == 3
    assert f"Not checked: huge.apk: longer than {MOST_BYTES:,} bytes" in ran.err


def test_a_list_gives_each_package_its_own_category(leakguard: CommandLine) -> None:
    rows = "file,category\njobs.apk,求职招聘\n\ndates.aab,dating\nmap.apk,Map navigation\n"
    (leakguard.folder / "apps.csv").write_text(rows, encoding="utf-8")

    found = leakguard(
        "app", "check", "--list", "apps.csv", "chat.ipa", "--category", "即时通信类", "--format", "json"
    ).document

    assert (found["schema"], found["asking_for_more"], found["checked"], found["not_checked"]) == (
        "leakguard.app-check/1", 2, 4, 0,
    )  # fmt: skip
    assert [app["category"] for app in found["apps"]] == ["recruiting", "dating", "map_navigation", "instant_messaging"]
    assert [one["access"] for one in found["apps"][2]["verdict"]["needed"]] == ["location"]
    assert found["rules"]["provisions"]["confidence"] == "secondary"
    assert [group["speaks"] for group in found["groups"]] == ["nothing", "hint", "hint", "part", "hint", "nothing"]


BAD_LISTS = {
    "the first line must be `file,category`, and is `name`": "name\na.apk\n",
    "the first line must be `file,category`, and is ``": "",
    "line 2: a row names one file and one category": "file,category\na.apk\n,dating\n",
    "line 3: category: there is no category `datin`. Did you mean `dating`?": "file,category\na,dating\nb,datin\n",
}


@for_each("what,rows", BAD_LISTS.items(), ids=list(BAD_LISTS))
def test_a_list_is_refused_with_every_problem_of_it(leakguard: CommandLine, what: str, rows: str) -> None:
    (leakguard.folder / "apps.csv").write_text(rows, encoding="utf-8")

    ran = leakguard("app", "check", "--list", "apps.csv")

    assert ran.code == 2
    assert what in ran.err


WRONG = {
    "no package is named": (),
    "no package is named ": ("--category", "news"),
    "no category is named": ("jobs.apk",),
    "there is no category `recruitin`": ("jobs.apk", "--category", "recruitin"),
    "there is no category `0`": ("jobs.apk", "--category", "0"),
    "gone.apk": ("jobs.apk", "gone.apk", "--category", "news"),
    "no-such-folder/x.html cannot be written": ("jobs.apk", "--category", "news", "-o", "no-such-folder/x.html"),
}


@for_each("what,words", WRONG.items(), ids=list(WRONG))
def test_wrong_use_is_refused_before_anything_is_read(
    leakguard: CommandLine, what: str, words: tuple[str, ...]
) -> None:
    ran = leakguard("app", "check", *words)

    assert ran.code == 2
    assert what.rstrip() in ran.err
    assert ran.out == ""


def test_a_report_in_html_has_everything(leakguard: CommandLine) -> None:
    ran = leakguard(
        "app",
        "check",
        "jobs.apk",
        "half.apk",
        "letter.pdf",
        "keys.apk",
        "--category",
        "recruiting",
        "--html",
        "-o",
        "a.html",
    )

    page = (leakguard.folder / "a.html").read_text(encoding="utf-8")
    assert (ran.code, ran.out) == (1, "")
    for text in (
        "Apps against what their category needs", "address book", "our own inference", "Umeng+ (statistics of use)",
        "The six groups of illegal collection", "Not checked for libraries, secrets: classes.dex: it is no DEX file.",
        "Not checked: it is no zip archive, or it is cut short.", "Ships a secret to everybody who installs it",
        "read in: copies of the text",
    ):  # fmt: skip
        assert text in page, text
    assert SECRET not in page


def test_a_report_never_says_that_nothing_is_asked_for_where_that_was_not_read(leakguard: CommandLine) -> None:
    nothing = "It asks for nothing that leads to personal information."

    locked = leakguard("app", "check", "locked.apk", "--category", "news", "--html").out
    keys = leakguard("app", "check", "keys.apk", "--category", "news", "--format", "html").out

    assert nothing not in locked
    assert nothing in keys


def test_findings_are_written_as_sarif(leakguard: CommandLine) -> None:
    names = ("jobs.apk", "silent.ipa", "keys.apk", "half.apk", "letter.pdf")
    ran = leakguard("app", "check", *names, "--category", "recruiting", "--format", "sarif")

    (result,) = ran.document["runs"]
    rules = [rule["id"] for rule in result["tool"]["driver"]["rules"]]
    found = {(one["ruleId"], one["kind"], one["level"]) for one in result["results"]}
    assert found == {
        ("app_access_unrelated", "fail", "warning"), ("app_access_to_explain", "fail", "note"),
        ("app_purpose_empty", "fail", "warning"), ("app_secret_shipped", "fail", "error"),
        ("app_not_checked", "open", "none"),
    }  # fmt: skip
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in result["results"])
    prints = [one["partialFingerprints"]["leakguardApp/v1"] for one in result["results"]]
    assert len(set(prints)) == len(prints)
    assert result["invocations"][0]["exitCode"] == ran.code


@for_each("form", ("table", "json", "sarif", "html"))
def test_no_output_holds_the_value_of_a_secret(leakguard: CommandLine, form: str) -> None:
    ran = leakguard("app", "check", "keys.apk", "--category", "news", "--format", form)

    assert "classes.dex" in ran.out
    assert SECRET not in ran.out + ran.err


POISON = "a\x1b[31mb\u202ec\nd"


@for_each("form", ("table", "html"))
def test_what_a_package_says_moves_no_cursor(leakguard: CommandLine, form: str) -> None:
    root = manifest(uses(f"x.{POISON}"), "READ_CONTACTS", package=f"p.{POISON}", version=POISON)
    (leakguard.folder / "evil.apk").write_bytes(apk(root, {f"classes{POISON}.xml": b"\3\0\x08\0"}))

    out = leakguard("app", "check", "evil.apk", "--category", "news", "--format", form).out

    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}d" in out


def test_categories_are_listed_with_what_each_needs(leakguard: CommandLine) -> None:
    table = leakguard("app", "categories").out
    found = leakguard("app", "categories", "--format", "json").document

    assert "recruiting" in table
    assert "婚恋相亲" in table
    (dating,) = [one for one in found["categories"] if one["id"] == "dating"]
    assert dating["necessary"][1] == {
        "en": "sex, age and marital status of who looks for a partner", "zh": "婚恋相亲人的性别、年龄、婚姻状况",
    }  # fmt: skip
    assert dating["accesses"]["camera"]["need"] == "explainable"
    assert "contacts" not in dating["accesses"]


def test_no_package_of_a_batch_stands_for_another(leakguard: CommandLine) -> None:
    """Each has a reader of its own: a secret of one is none of the next."""
    found = leakguard("app", "check", "keys.apk", "map.apk", "--category", "map_navigation", "--json").document

    assert [len(app["verdict"]["shipped"]["secrets"]) for app in found["apps"]] == [1, 0]


def test_what_is_read_is_told_of_on_a_terminal_alone(leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    code = run(["--no-color", "app", "check", "map.apk", "chat.ipa", "--category", "map_navigation"])

    said = leakguard.capsys.readouterr()
    assert code in {0, 1}
    assert "Reading map.apk" in said.err


def test_a_letter_to_the_owner_is_written_in_both_languages(leakguard: CommandLine) -> None:
    words = ("app", "letter", "jobs.apk", "--category", "recruiting", "--sender", "Example University")
    english, chinese = leakguard(*words), leakguard(*words, "--lang", "zh")

    assert (english.code, chinese.code) == (0, 0)
    assert "24 May 2026" in english.out
    assert "2026年5月24日" in chinese.out
    assert "DRILL" in english.out
    assert "address book (READ_CONTACTS)" in english.out
    assert "通讯录（READ_CONTACTS）" in chinese.out


@for_each("form,begins", (("html", b"<!doctype html"), ("docx", b"PK"), ("md", b"")))
def test_a_letter_has_the_forms_of_all_letters(leakguard: CommandLine, form: str, begins: bytes) -> None:
    ran = leakguard("app", "letter", "jobs.apk", "--category", "11", "--as", form, "-o", f"letter.{form}")

    assert ran.code == 0
    assert (leakguard.folder / f"letter.{form}").read_bytes().lower().startswith(begins.lower())


NO_LETTER = {
    "the app asks for nothing that its owner would have to change": ("map.apk", "map_navigation"),
    "letter.pdf is not checked: it is no zip archive": ("letter.pdf", "news"),
}


@for_each("what,case", NO_LETTER.items(), ids=list(NO_LETTER))
def test_no_letter_is_written_without_a_reason(leakguard: CommandLine, what: str, case: tuple[str, str]) -> None:
    ran = leakguard("app", "letter", case[0], "--category", case[1])

    assert ran.code == 2
    assert what in ran.err
    assert ran.out == ""
