"""The letter to the owner of an app, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from apps.rules_that_ship import rules, texts
from apps.test_judging import judged, permissions
from leakguard.apps.judging import AppVerdict
from leakguard.apps.letter_texts import LETTER, LetterTexts, parse_letter
from leakguard.apps.owner_letter import LetterAuthor, is_worth_a_letter, owner_letter
from leakguard.apps.values import DeclaredPermission, PrivacyManifest, PurposeString, SdkSeen, UnreadPart
from leakguard.errors import BadFile
from leakguard.models.languages import Lang
from leakguard.models.letters import Heading, Letter, Numbered, Paragraph
from leakguard.models.shipped import ShippedFindings, ShippedSecret
from support.each import for_each

DAY = date(2026, 11, 30)


def letter(verdict: AppVerdict, lang: Lang = "en", sender: tuple[str, ...] = ("Example University",)) -> Letter:
    said = LetterTexts(parse_letter(texts()[LETTER]), lang)
    written = LetterAuthor(sender=sender, on=DAY, date_line="the day")
    return owner_letter(verdict, rules(), said, lang=lang, sha256="ab" * 32, written=written)


def lines(made: Letter) -> list[str]:
    found: list[str] = []
    for block in made.blocks:
        if isinstance(block, Numbered):
            found += block.entries
        elif isinstance(block, Heading | Paragraph):
            found.append(block.text)
    return found


def everything() -> AppVerdict:
    return judged(
        "recruiting", "READ_CONTACTS", "CAMERA", "BLUETOOTH_SCAN", target_sdk=22, version="",
        sdks=(SdkSeen(id="umeng", where="classes.dex"),),
        purposes=(PurposeString(key="NSCameraUsageDescription", text="", where="Info.plist"),),
        manifests=(PrivacyManifest(where="P", is_tracking=True, domains=("track.example",)),),
        shipped=ShippedFindings(secrets=(ShippedSecret(kind="aws_access_key", where="classes.dex", line=7),)),
        unread=(UnreadPart(part="classes2.dex", why="it is no DEX file", concerns=("libraries",)),),
    )  # fmt: skip


def test_a_letter_says_what_is_asked_for_what_was_not_seen_and_what_to_do() -> None:
    made = letter(everything())

    said = lines(made)
    assert made.title == "What your app cn.example.app asks for"
    assert made.reference == f"SHA-256 of the package: {'ab' * 32}"
    assert made.signature == ("Example University",)
    assert any("version not stated, and compared" in line and "category, Recruiting." in line for line in said)
    assert (
        "Necessary for this category: the registered user's mobile number, the CV that the job seeker provides." in said
    )
    assert "address book (READ_CONTACTS). It holds data of people who do not use your app." in said
    assert "camera (CAMERA, NSCameraUsageDescription). A usual use: photographs and videos that the user takes." in said
    assert any(line.startswith("The app is made for API 22: Android grants everything") for line in said)
    assert "No purpose is named before the app asks: NSCameraUsageDescription." in said
    assert any("aws_access_key in classes.dex. Please replace it." in line for line in said)
    assert "The app states that it tracks people across apps: track.example." in said
    assert any("Umeng+. Does your privacy policy name each" in line for line in said)
    assert "Not checked: classes2.dex (it is no DEX file)." in said
    assert [line.partition("group ")[2][0] for line in said if line.startswith("Of the six groups")] == [
        "2",
        "3",
        "4",
        "5",
    ]
    assert said[-1] == "Tell us what you change, and with which version."


def test_the_chinese_letter_says_as_much() -> None:
    english, chinese = letter(everything()), letter(everything(), "zh")

    assert len(lines(chinese)) == len(lines(english))
    assert [type(block) for block in chinese.blocks] == [type(block) for block in english.blocks]
    assert "通讯录（READ_CONTACTS）。其中包含非用户的个人信息。" in lines(chinese)
    assert any("“求职招聘”类App的必要个人信息范围" in line and "版本未注明" in line for line in lines(chinese))


def test_a_letter_asks_only_for_what_there_is_to_ask() -> None:
    said = lines(letter(judged("remote_meetings", "CAMERA")))

    assert "What must be optional" in said
    assert "What has nothing to do with the category" not in said
    assert "What we noticed besides" not in said
    assert not any(line.startswith(("Of the six groups", "Take out")) for line in said)


def test_a_category_that_needs_nothing_says_so() -> None:
    assert "Necessary for this category: none." in lines(letter(judged("news", "READ_SMS")))


def test_what_is_never_granted_is_nothing_to_write_about() -> None:
    old = DeclaredPermission(name="android.permission.READ_CONTACTS", most_sdk=18)

    said = lines(letter(judged("news", permissions=(*permissions("READ_SMS"), old), min_sdk=21)))

    assert not any("READ_CONTACTS" in line for line in said)


def test_without_a_sender_there_is_a_line_to_sign_on() -> None:
    assert set(letter(everything(), sender=()).signature[0]) == {"_"}


def test_what_a_package_says_of_itself_moves_no_cursor() -> None:
    made = letter(judged("news", "READ_SMS", package="a\x1b[31m\u202eb"))

    assert "\x1b" not in repr(made)
    assert "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}b" in made.title


@for_each("names,is_worth", ((("INTERNET",), False), (("CAMERA",), True), (("READ_SMS",), True), ((), False)))
def test_a_letter_is_written_where_there_is_something_to_ask(names: tuple[str, ...], is_worth: bool) -> None:  # noqa: FBT001  (a case)
    assert is_worth_a_letter(judged("photo", *names)) is is_worth


def test_a_text_whose_languages_fill_in_different_things_is_refused() -> None:
    broken = texts()[LETTER].replace("{access}（{by}）。常见用途", "{access}。常见用途")

    with pytest.raises(BadFile, match=r"texts\.explainable_access: both languages must fill in the same"):
        parse_letter(broken)
