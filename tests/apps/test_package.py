"""Whole packages: what each kind says, and that what cannot be read is noted and never taken for empty."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping

import pytest

from leakguard.apps import contents, ios_package, package
from leakguard.apps.android_manifest import LONGEST, MOST_PERMISSIONS
from leakguard.apps.definitions import SdkNames
from leakguard.apps.package import read_package
from leakguard.apps.unread import CannotRead
from leakguard.apps.values import AppFacts, DeclaredPermission, PurposeString, SdkSeen, UnreadPart
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping
from support.app_packages import (
    Ref,
    Tag,
    aab,
    apk,
    chunk,
    ipa,
    manifest,
    plist,
    pool,
    to_axml,
    to_dex,
    to_proto,
    uses,
    zipped,
)
from support.each import for_each

FORMS = shipping()
SDKS = SdkNames(android={"com.umeng": "umeng", "cn.jpush": "jpush"}, ios={"UMCommon": "umeng"})
SECRET = "AKIAQYLPMN5HFIQR7XYA"
BACKEND = "https://abcdefghijklmnopqrst.supabase.co"


def facts(data: bytes) -> AppFacts:
    return read_package(data, SDKS, ShippedReader(FORMS, key=b"k" * 32))


def names(found: AppFacts) -> list[str]:
    return [each.name.removeprefix("android.permission.") for each in found.permissions]


@for_each("make,kind", ((apk, "apk"), (aab, "aab")))
def test_an_android_app_says_what_it_asks_for(make: type, kind: str) -> None:
    service = Tag("service", {"permission": "android.permission.BIND_ACCESSIBILITY_SERVICE"})
    later = Tag("uses-permission-sdk-23", {"name": "android.permission.READ_SMS"})
    nearby = uses("BLUETOOTH_SCAN", usesPermissionFlags=0x10000)
    root = manifest("CAMERA", uses("READ_CONTACTS", maxSdkVersion=28), later, nearby, more=[service])

    found = facts(make(root))

    assert (found.kind, found.package, found.version) == (kind, "cn.example.jobs", "8.1")
    assert (found.min_sdk, found.target_sdk) == (26, 35)
    assert names(found) == ["CAMERA", "READ_CONTACTS", "READ_SMS", "BLUETOOTH_SCAN"]
    assert [each.most_sdk for each in found.permissions] == [None, 28, None, None]
    assert [each.is_never_for_location for each in found.permissions] == [False, False, False, True]
    assert found.bound == ("android.permission.BIND_ACCESSIBILITY_SERVICE",)
    assert found.unread == ()


def test_what_stands_elsewhere_in_a_manifest_is_no_permission_asked_for() -> None:
    elsewhere = Tag("activity", {"permission": "android.permission.CAMERA"}, [uses("READ_SMS")])

    assert names(facts(apk(manifest("VIBRATE", more=[elsewhere])))) == ["VIBRATE"]


def test_a_permission_that_is_asked_for_twice_counts_as_far_as_either_goes() -> None:
    root = manifest(
        uses("READ_SMS", maxSdkVersion=18), uses("READ_SMS", maxSdkVersion=28), uses("CAMERA", maxSdkVersion=18),
        "CAMERA", uses("BLUETOOTH_SCAN", usesPermissionFlags="neverForLocation"), "BLUETOOTH_SCAN",
    )  # fmt: skip

    assert facts(apk(root)).permissions == (
        DeclaredPermission(name="android.permission.READ_SMS", most_sdk=28),
        DeclaredPermission(name="android.permission.CAMERA"),
        DeclaredPermission(name="android.permission.BLUETOOTH_SCAN"),
    )


def test_an_app_without_a_target_level_has_its_lowest_one() -> None:
    root = manifest(sdk=None)
    root.children.append(Tag("uses-sdk", {"minSdkVersion": 19}))

    found = facts(apk(root))

    assert (found.min_sdk, found.target_sdk) == (19, 19)
    assert facts(apk(manifest(sdk=None))).target_sdk is None


def test_the_modules_of_a_bundle_are_merged() -> None:
    feature = manifest(uses("CAMERA", maxSdkVersion=28), "READ_SMS", package="other", sdk=None)
    base = manifest(uses("CAMERA", maxSdkVersion=30))

    found = facts(aab(base, {"camera/manifest/AndroidManifest.xml": to_proto(feature)}))

    assert found.package == "cn.example.jobs"
    assert names(found) == ["CAMERA", "READ_SMS"]
    assert found.permissions[0].most_sdk == 30


UNCLEAR = {
    "the name of a permission": Tag("uses-permission", {"name": Ref(0x7F0B0001)}),
    "the level that the app is made for": Tag("uses-sdk", {"targetSdkVersion": Ref(0x7F0B0001)}),
}


@for_each("what,tag", UNCLEAR.items())
def test_what_stands_in_the_resources_is_not_checked(what: str, tag: Tag) -> None:
    for made in (apk(manifest("CAMERA", tag, sdk=None)), aab(manifest("CAMERA", tag, sdk=None))):
        (unread,) = facts(made).unread

        assert unread == UnreadPart(
            part="AndroidManifest.xml", why=f"{what} is in the resources, which are not read",
            concerns=("permissions",),
        )  # fmt: skip


NO_MANIFEST = {
    "it is no binary XML": b"<manifest/>",
    "it is the manifest of no app": to_axml(Tag("resources")),
    "it is the manifest of no app ": chunk(0x0003, b"", pool(["a"])),
    f"it asks for more than {MOST_PERMISSIONS:,} permissions": to_axml(
        manifest(*(f"a.permission.N{number}" for number in range(MOST_PERMISSIONS + 1)))
    ),
    f"it unpacks to more than {package.MOST_MANIFEST:,} bytes": b"\0" * (package.MOST_MANIFEST + 1),
}


@for_each("why,data", NO_MANIFEST.items(), ids=list(NO_MANIFEST))
def test_a_manifest_that_cannot_be_read_is_no_manifest_without_permissions(why: str, data: bytes) -> None:
    found = facts(zipped({"AndroidManifest.xml": data, "classes.dex": to_dex(["com.umeng.A"])}))

    assert found.permissions == ()
    assert UnreadPart(part="AndroidManifest.xml", why=why.rstrip(), concerns=("permissions",)) in found.unread
    assert found.sdks == (SdkSeen(id="umeng", where="classes.dex"),)


def test_a_module_that_cannot_be_read_is_noted_beside_those_that_can() -> None:
    found = facts(aab(manifest("CAMERA"), {"extra/manifest/AndroidManifest.xml": b"\xff"}))

    assert names(found) == ["CAMERA"]
    assert [each.part for each in found.unread] == ["extra/manifest/AndroidManifest.xml"]


def test_a_bundle_of_more_modules_than_are_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_MODULES", 1)

    found = facts(aab(manifest("CAMERA"), {"extra/manifest/AndroidManifest.xml": to_proto(manifest("READ_SMS"))}))

    assert names(found) == ["CAMERA"]
    assert found.unread == (UnreadPart(part="modules", why="there are more than 1", concerns=("permissions",)),)


@for_each("name", ("", "a.permission." + "x" * LONGEST))
def test_a_name_that_android_refuses_is_no_permission(name: str) -> None:
    assert names(facts(apk(manifest(Tag("uses-permission", {"name": name}), "CAMERA")))) == ["CAMERA"]


NO_PACKAGE = {
    "it is no zip archive, or it is cut short": b"MZ",
    "it is no APK, no Android App Bundle and no IPA: it holds no manifest of one": zipped({"readme.txt": b""}),
    "it is a set of APKs: unpack it, and name the APKs in it one by one": zipped({"base.apk": apk()}),
    "it is a set of APKs: unpack it, and name the APKs in it one by one ": zipped({"splits/base-master.apk": apk()}),
}


@for_each("why,data", NO_PACKAGE.items(), ids=list(NO_PACKAGE))
def test_what_is_no_package_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        facts(data)

    assert str(refused.value) == why.rstrip()


@for_each("is_binary", (True, False))
def test_an_ios_app_says_why_it_asks(is_binary: bool) -> None:  # noqa: FBT001  (a case)
    info = {"NSCameraUsageDescription": " for photographs ", "NSContactsUsageDescription": "", "NSOther": "no"}
    keyboard = plist({"NSMicrophoneUsageDescription": "to dictate"})

    found = facts(ipa(info, {"PlugIns/Key.appex/Info.plist": keyboard}, is_binary=is_binary))

    where, extension = "Payload/Jobs.app/Info.plist", "Payload/Jobs.app/PlugIns/Key.appex/Info.plist"
    assert (found.kind, found.package, found.version) == ("ipa", "cn.example.jobs", "8.1")
    assert found.purposes == (
        PurposeString(key="NSCameraUsageDescription", text="for photographs", where=where),
        PurposeString(key="NSContactsUsageDescription", text="", where=where),
        PurposeString(key="NSMicrophoneUsageDescription", text="to dictate", where=extension),
    )
    assert found.unread == ()


PRIVACY = {
    "NSPrivacyTracking": True, "NSPrivacyTrackingDomains": ["track.example", 5],
    "NSPrivacyCollectedDataTypes": [{"NSPrivacyCollectedDataType": "NSPrivacyCollectedDataTypeUserID"}, {}, "odd"],
}  # fmt: skip


def test_privacy_manifests_and_frameworks_of_an_ios_app_are_read() -> None:
    files = {
        "PrivacyInfo.xcprivacy": plist(PRIVACY), "Frameworks/UMCommon.framework/UMCommon": b"",
        "Frameworks/UMCommon.framework/PrivacyInfo.xcprivacy": plist({"NSPrivacyTracking": False}),
        "Frameworks/Unknown.framework/Unknown": b"",
    }  # fmt: skip

    found = facts(ipa(files=files))

    assert [(each.is_tracking, each.domains, each.collected) for each in found.manifests] == [
        (True, ("track.example",), ("NSPrivacyCollectedDataTypeUserID",)), (False, (), ()),
    ]  # fmt: skip
    assert found.sdks == (SdkSeen(id="umeng", where="Payload/Jobs.app/Frameworks/UMCommon.framework"),)


IPA_UNREAD: Mapping[str, tuple[bytes, tuple[str, ...]]] = {
    "it is no property list": (zipped({"Payload/A.app/Info.plist": b"{}"}), ("purpose strings",)),
    "it holds several apps": (
        zipped({"Payload/A.app/Info.plist": plist({}), "Payload/B.app/Info.plist": plist({})}), ("purpose strings",),
    ),
    "it holds no app: there is no Payload/NAME.app/Info.plist": (
        zipped({"Payload/readme.txt": b""}), ("purpose strings",),
    ),
    "it is no property list ": (ipa(files={"PlugIns/K.appex/Info.plist": b""}), ("purpose strings",)),
    "it is no property list  ": (ipa(files={"PrivacyInfo.xcprivacy": b""}), ("privacy manifests",)),
}  # fmt: skip


@for_each("why,case", IPA_UNREAD.items(), ids=list(IPA_UNREAD))
def test_a_part_of_an_ios_app_that_cannot_be_read_is_noted(why: str, case: tuple[bytes, tuple[str, ...]]) -> None:
    data, concerns = case

    (unread,) = facts(data).unread

    assert (unread.why, unread.concerns) == (why.rstrip(), concerns)


def test_more_privacy_manifests_than_are_read_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ios_package, "MOST_MANIFESTS", 1)
    files = {f"{name}/PrivacyInfo.xcprivacy": plist({}) for name in ("a", "b")}

    found = facts(ipa(files=files))

    assert len(found.manifests) == 1
    assert [each.why for each in found.unread] == ["there are more than 1"]


def table(*texts: str) -> bytes:
    return chunk(0x0002, struct.pack("<L", 1), pool(texts, is_utf8=False))


SHIPPING = {
    "in code": {"classes2.dex": to_dex(strings=[SECRET.encode(), b"x", BACKEND.encode()])},
    "in the resources": {"resources.arsc": table(SECRET, BACKEND)},
    "in compiled XML": {"res/xml/a.xml": to_axml(Tag("x", {"name": SECRET, "label": BACKEND}), is_utf8=False)},
    "in a file": {"assets/index.android.bundle": f"a='{SECRET}',b='{BACKEND}'".encode()},
}


@for_each("files", SHIPPING.values(), ids=list(SHIPPING))
def test_secrets_and_backends_are_found_wherever_they_are_shipped(files: dict[str, bytes]) -> None:
    found = facts(apk(files=files))

    (secret,) = found.shipped.secrets
    assert (secret.kind, secret.where) == ("aws_access_key", next(iter(files)))
    assert [each.entry for each in found.shipped.backends] == ["supabase://abcdefghijklmnopqrst"]
    assert SECRET not in repr(found)


def test_pictures_signatures_and_folders_are_left_out() -> None:
    files = {"res/a.png": SECRET.encode(), "META-INF/CERT.RSA": SECRET.encode(), "assets/": b""}

    found = facts(apk(files=files))

    assert found.shipped.secrets == ()
    assert found.unread == ()


def test_a_text_below_the_signatures_is_read() -> None:
    assert facts(apk(files={"META-INF/config.properties": SECRET.encode()})).shipped.secrets


UNREADABLE = {
    "code": ({"classes.dex": b"no code"}, "it is no DEX file", ("libraries", "secrets")),
    "code of a bundle": ({"base/dex/classes2.dex": b"no code"}, "it is no DEX file", ("libraries", "secrets")),
    "resources": ({"resources.arsc": b"\2\0\x0c\0" + b"\0" * 30}, "it has no pool of strings", ("secrets",)),
    "resources cut short": ({"resources.arsc": b"\2\0\x0c\0\0\0\0\0"}, "it is cut short", ("secrets",)),
    "resources that lie": (
        {"resources.arsc": b"\2\0\x0c\0" + b"\0" * 8 + struct.pack("<HHL", 1, 28, 900)}, "it has no pool of strings",
        ("secrets",),
    ),
}  # fmt: skip


@for_each("files,why,concerns", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_file_that_cannot_be_read_is_noted(files: dict[str, bytes], why: str, concerns: tuple[str, ...]) -> None:
    assert facts(apk(files=files)).unread == (UnreadPart(part=next(iter(files)), why=why, concerns=concerns),)


def test_a_file_that_is_too_long_and_all_behind_the_cap_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_ENTRY", 4000)
    monkeypatch.setattr(contents, "MOST_ALL", 6000)
    files = {"assets/long": b"x" * 4001, "assets/b": b"x" * 1000, "assets/beyond": SECRET.encode() * 200}

    found = facts(apk(files=files))

    assert [(each.part, each.why) for each in found.unread] == [
        ("assets/long", "it unpacks to more than 4,000 bytes"),
        ("assets/beyond", "the files before it unpack to 6,000 bytes already"),
    ]
    assert found.shipped.secrets == ()


def test_of_many_files_that_cannot_be_read_the_first_are_named_and_the_others_counted() -> None:
    many = {f"res/xml/{number}.xml": b"\3\0\x08\0" for number in range(contents.MOST_NAMED + 7)}

    found = facts(apk(files={**many, "classes.dex": b""}))

    assert len(found.unread) == contents.MOST_NAMED + 2
    assert found.unread[-2].part == "classes.dex"
    assert found.unread[-1].part == "7 other files"


def test_a_library_goes_by_whole_parts_of_names_and_is_named_once() -> None:
    first = to_dex(
        ["com.umengine.A", "com.umeng.analytics.A", "com.umeng.analytics.B", "Main", "cn.jpush.android.service.a.b.c.D"]
    )

    found = facts(apk(files={"classes.dex": first, "classes2.dex": to_dex(["com.umeng.C"])}))

    assert found.sdks == (SdkSeen(id="umeng", where="classes.dex"), SdkSeen(id="jpush", where="classes.dex"))


def test_an_archive_of_stored_files_is_read_as_well() -> None:
    assert names(facts(zipped({"AndroidManifest.xml": to_axml(manifest("CAMERA"))}, method=zipfile.ZIP_STORED))) == [
        "CAMERA"
    ]
