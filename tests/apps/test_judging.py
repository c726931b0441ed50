"""What an app asks for, held against its category."""

from __future__ import annotations

from typing import Any

from apps.rules_that_ship import rules
from leakguard.apps.definitions import Need
from leakguard.apps.findings import RULES, Level, findings_of
from leakguard.apps.judging import AppVerdict, SignKind, judge_app
from leakguard.apps.values import AppFacts, DeclaredPermission, PrivacyManifest, PurposeString, UnreadPart
from leakguard.models.shipped import ShippedFindings, ShippedSecret
from support.each import for_each

A = "android.permission."


def permissions(*names: str) -> tuple[DeclaredPermission, ...]:
    return tuple(DeclaredPermission(name=name if "." in name else A + name) for name in names)


def judged(category: str, *names: str, **more: Any) -> AppVerdict:  # noqa: ANN401  (whatever a package says)
    stated = {"kind": "apk", "package": "cn.example.app", "permissions": permissions(*names), **more}
    return judge_app(AppFacts(**stated), rules().categories[category], rules())


def by_need(verdict: AppVerdict) -> dict[str, list[str]]:
    return {need.value: [one.access.id for one in verdict.with_need(need)] for need in Need if verdict.with_need(need)}


CASES = {
    "recruiting with camera, location and contacts": (
        ("recruiting", "CAMERA", "ACCESS_FINE_LOCATION", "READ_CONTACTS"),
        {"unrelated": ["contacts"], "explainable": ["camera", "location"]},
    ),
    "dating with contacts": (("dating", "READ_CONTACTS"), {"unrelated": ["contacts"]}),
    "map navigation with location": (("map_navigation", "ACCESS_FINE_LOCATION"), {"needed": ["location"]}),
    "a meeting that needs its camera to work": (
        ("remote_meetings", "CAMERA", "RECORD_AUDIO"), {"explainable": ["camera", "microphone"]},
    ),
    "a torch with text messages": (("tools", "READ_SMS", "CAMERA"), {"unrelated": ["sms"], "explainable": ["camera"]}),
    "nothing personal": (("news", "INTERNET", "POST_NOTIFICATIONS"), {"no_information": ["working", "notifications"]}),
    "a family of permissions": (("news", "android.permission.health.READ_STEPS"), {"unrelated": ["health"]}),
    "advertising, which any app may explain": (
        ("e_books", "com.google.android.gms.permission.AD_ID"), {"explainable": ["advertising_id"]},
    ),
}  # fmt: skip


@for_each("asked,expected", CASES.values(), ids=list(CASES))
def test_what_an_app_asks_for_is_needed_explainable_or_unrelated(
    asked: tuple[str, ...], expected: dict[str, list[str]]
) -> None:
    verdict = judged(*asked)

    assert by_need(verdict) == expected
    assert verdict.asks_for_more is ("unrelated" in expected)
    assert verdict.is_problem is ("unrelated" in expected)


@for_each(
    "category,names",
    (("recruiting", ("CAMERA", "ACCESS_FINE_LOCATION", "READ_CONTACTS")), ("dating", ("READ_CONTACTS",))),
)
def test_the_cases_of_the_bulletin_have_no_necessary_information_behind_what_they_ask_for(
    category: str, names: tuple[str, ...]
) -> None:
    assert judged(category, *names).with_need(Need.NEEDED) == ()


def test_several_permissions_of_one_access_are_one_thing_that_is_asked_for() -> None:
    (asked,) = judged("news", "READ_CONTACTS", "WRITE_CONTACTS").asked

    assert asked.by == (A + "READ_CONTACTS", A + "WRITE_CONTACTS")


def test_a_permission_of_the_app_itself_is_left_out_and_an_unknown_one_is_listed() -> None:
    verdict = judged("news", "cn.example.app.OWN", "cn.example.application.OTHER", "ACCESS_WIFI_STATE")

    assert verdict.not_judged == ("cn.example.application.OTHER", A + "ACCESS_WIFI_STATE")
    assert verdict.asked == ()


@for_each(
    "package",
    ("android.permission", "android", "com.google.android.gms.permission", "com.android.voicemail.permission"),
)
def test_no_package_name_hides_a_permission_of_the_system(package: str) -> None:
    names = (
        "READ_SMS", "RECORD_AUDIO", "NEW_AND_IN_NO_TABLE", "com.google.android.gms.permission.AD_ID",
        "com.google.android.gms.permission.NEW", "com.android.voicemail.permission.ADD_VOICEMAIL",
    )  # fmt: skip

    disguised, plain = judged("news", *names, package=package), judged("news", *names)

    assert (disguised.asked, disguised.not_judged) == (plain.asked, plain.not_judged)
    assert disguised.is_problem


def test_a_package_without_a_name_has_no_permissions_of_its_own() -> None:
    assert judged("news", "cn.example.OWN", package="").not_judged == ("cn.example.OWN",)


def test_a_service_that_the_system_may_call_counts_and_a_guard_of_another_kind_does_not() -> None:
    verdict = judged("news", bound=(A + "BIND_ACCESSIBILITY_SERVICE", A + "BIND_JOB_SERVICE", A + "CAMERA"))

    assert by_need(verdict) == {"unrelated": ["accessibility"]}


def test_a_permission_for_versions_on_which_the_app_does_not_run_is_not_counted() -> None:
    old = DeclaredPermission(name=A + "READ_CONTACTS", most_sdk=22)

    assert by_need(judged("news", permissions=(old,), min_sdk=23)) == {}
    assert judged("news", permissions=(old,), min_sdk=23).signs[0].kind is SignKind.NEVER_GRANTED
    assert by_need(judged("news", permissions=(old,), min_sdk=22)) == {"unrelated": ["contacts"]}
    assert by_need(judged("news", permissions=(old,))) == {"unrelated": ["contacts"]}


@for_each("target,names,is_said", (
    (22, ("CAMERA",), True), (23, ("CAMERA",), False), (22, ("INTERNET",), False), (None, ("CAMERA",), False),
))  # fmt: skip
def test_below_level_23_everything_is_granted_when_the_app_is_installed(
    target: int | None, names: tuple[str, ...], is_said: bool  # noqa: FBT001  (a case)
) -> None:  # fmt: skip
    verdict = judged("photo", *names, target_sdk=target)

    assert any(sign.kind is SignKind.GRANTED_AT_INSTALL for sign in verdict.signs) is is_said
    assert verdict.is_problem is is_said


def test_an_ios_app_is_judged_by_its_keys_and_an_empty_purpose_is_a_problem() -> None:
    purposes = (
        PurposeString(key="NSCameraUsageDescription", text="", where="Info.plist"),
        PurposeString(key="NSContactsUsageDescription", text="to find friends", where="Info.plist"),
        PurposeString(key="NSFaceIDUsageDescription", text="to unlock", where="Info.plist"),
        PurposeString(key="NSNewUsageDescription", text="what comes next", where="Info.plist"),
    )

    verdict = judged("instant_messaging", kind="ipa", purposes=purposes)

    assert by_need(verdict) == {"explainable": ["camera", "contacts"], "no_information": ["device_unlock"]}
    assert verdict.not_judged == ("NSNewUsageDescription",)
    assert [(sign.kind, sign.where) for sign in verdict.signs] == [
        (SignKind.EMPTY_PURPOSE, ("NSCameraUsageDescription",))
    ]
    assert verdict.is_problem
    assert not verdict.asks_for_more


@for_each("flag,is_said", ((False, True), (True, False)))
def test_what_is_nearby_may_tell_the_location_unless_the_manifest_says_no(flag: bool, is_said: bool) -> None:  # noqa: FBT001  (a case)
    scan = DeclaredPermission(name=A + "BLUETOOTH_SCAN", is_never_for_location=flag)

    signs = judged("fitness", permissions=(scan,)).signs

    assert any(sign.kind is SignKind.NEARBY_MAY_LOCATE for sign in signs) is is_said


def test_tracking_and_secrets_are_said_by_place() -> None:
    manifests = (
        PrivacyManifest(where="PrivacyInfo.xcprivacy", is_tracking=True), PrivacyManifest(where="b", is_tracking=False),
        PrivacyManifest(where="c", is_tracking=False, domains=("track.example",)),
    )  # fmt: skip
    shipped = ShippedFindings(secrets=(ShippedSecret(kind="aws_access_key", where="classes.dex", line=7),))

    verdict = judged("news", kind="ipa", manifests=manifests, shipped=shipped)

    assert {sign.kind: sign.where for sign in verdict.signs} == {
        SignKind.SECRET_SHIPPED: ("aws_access_key in classes.dex",),
        SignKind.TRACKING: ("PrivacyInfo.xcprivacy", "track.example"),
    }
    assert verdict.is_problem


def test_findings_name_rules_and_the_worst_stands_first() -> None:
    unread = (UnreadPart(part="classes.dex", why="it is no DEX file", concerns=("libraries", "secrets")),)
    old = DeclaredPermission(name=A + "READ_SMS", most_sdk=20)
    verdict = judged(
        "map_navigation", target_sdk=21, min_sdk=21, unread=unread,
        permissions=(*permissions("RECORD_AUDIO", "READ_CONTACTS", "ACCESS_FINE_LOCATION", "INTERNET"), old),
    )  # fmt: skip

    found = list(findings_of(verdict))

    assert [(each.rule, each.level, each.subject) for each in found] == [
        ("app_access_unrelated", Level.WARNING, "contacts"), ("app_access_to_explain", Level.NOTE, "microphone"),
        ("app_granted_at_install", Level.WARNING, "21"), ("app_not_checked", Level.OPEN, "classes.dex"),
    ]  # fmt: skip
    assert {each.rule for each in found} <= set(RULES)
    assert found[-1].text == "classes.dex: it is no DEX file; not checked for it: libraries, secrets"
