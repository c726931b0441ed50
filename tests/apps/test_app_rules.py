"""The rules that ship, held against what is public of the law and of the platforms, and how bad files are refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from apps.rules_that_ship import rules, texts
from leakguard.apps.definitions import Need
from leakguard.apps.reading import ACCESSES, CATEGORIES, GROUPS, SDKS, parse_rules
from leakguard.errors import BadFile
from leakguard.sensitivity.dictionary import HUBS
from support.each import for_each

NOTHING_NEEDED = {
    "womens_health", "live_streaming", "audio_and_video", "short_video", "news", "fitness", "browser", "input_method",
    "security", "e_books", "photo", "app_store", "tools",
}  # fmt: skip
"""The thirteen categories whose basic function needs no personal information, by article 5 of the Provisions."""
DANGEROUS = """
ACCEPT_HANDOVER ACCESS_BACKGROUND_LOCATION ACCESS_COARSE_LOCATION ACCESS_FINE_LOCATION ACCESS_MEDIA_LOCATION
ACTIVITY_RECOGNITION ANSWER_PHONE_CALLS BLUETOOTH_ADVERTISE BLUETOOTH_CONNECT BLUETOOTH_SCAN BODY_SENSORS
BODY_SENSORS_BACKGROUND CALL_PHONE CAMERA GET_ACCOUNTS NEARBY_WIFI_DEVICES POST_NOTIFICATIONS PROCESS_OUTGOING_CALLS
RANGING READ_CALENDAR READ_CALL_LOG READ_CELL_BROADCASTS READ_CONTACTS READ_EXTERNAL_STORAGE READ_MEDIA_AUDIO
READ_MEDIA_IMAGES READ_MEDIA_VIDEO READ_MEDIA_VISUAL_USER_SELECTED READ_PHONE_NUMBERS READ_PHONE_STATE READ_SMS
RECEIVE_MMS RECEIVE_SMS RECEIVE_WAP_PUSH RECORD_AUDIO SEND_SMS USE_SIP UWB_RANGING WRITE_CALENDAR WRITE_CALL_LOG
WRITE_CONTACTS WRITE_EXTERNAL_STORAGE EYE_TRACKING_COARSE EYE_TRACKING_FINE FACE_TRACKING HAND_TRACKING
HEAD_TRACKING SCENE_UNDERSTANDING_COARSE SCENE_UNDERSTANDING_FINE
"""
"""Permissions of Android whose level is dangerous in AOSP's list for API 36."""


def test_the_categories_are_numbered_as_in_the_provisions() -> None:
    numbers = [each.number for each in rules().categories.values()]

    assert numbers == list(range(1, 40))


def test_the_thirteen_categories_that_need_nothing_need_nothing() -> None:
    assert {each.id for each in rules().categories.values() if not each.necessary} == NOTHING_NEEDED


def test_only_location_is_ever_needed_as_whatever_else_is_necessary_is_typed_in() -> None:
    needed = {
        (each.id, access)
        for each in rules().categories.values()
        for access, fit in each.fits.items()
        if fit.need is Need.NEEDED
    }

    assert needed == {("map_navigation", "location"), ("ride_hailing", "location"), ("vehicles", "location")}


def test_everything_that_is_not_the_laws_is_marked_as_our_own_inference() -> None:
    fits = [fit for each in rules().categories.values() for fit in each.fits.values()]

    assert {fit.confidence for fit in fits if fit.need is Need.EXPLAINABLE} == {"inference"}
    assert all(fit.confidence != "inference" for fit in fits if fit.need is Need.NEEDED)
    assert rules().unrelated.confidence == "inference"


def test_every_dangerous_permission_of_android_stands_in_the_table() -> None:
    missing = [name for name in DANGEROUS.split() if f"android.permission.{name}" not in rules().by_permission]

    assert missing == []


def test_kinds_of_data_are_those_of_the_dictionary_of_kinds() -> None:
    kinds = {kind for each in rules().accesses.values() for kind in each.kinds}

    assert {kind.partition(".")[0] for kind in kinds} <= set(HUBS)


def test_every_text_that_is_said_in_chinese_is_chinese() -> None:
    found = rules()
    words = [
        *(each.words for each in found.accesses.values()), *(each.words for each in found.categories.values()),
        *(each.function for each in found.categories.values()), *(each.purpose for each in found.sdks.values()),
        *(word for each in found.categories.values() for word in each.necessary),
        *(fit.why for each in found.categories.values() for fit in each.fits.values()),
        *(each.words for each in found.groups), *(each.what for each in found.groups), found.unrelated.why,
        *(each.title for each in (found.provisions, found.method, found.accesses_source, found.sdks_source)),
    ]  # fmt: skip

    assert [each for each in words if not re.search(r"[\u4e00-\u9fff]", each.in_language("zh"))] == []
    assert [each for each in words if re.search(r"[\u4e00-\u9fff]", each.in_language("en"))] == []


def test_every_access_that_no_category_explains_is_one_that_no_app_of_ours_may_explain() -> None:
    explained = {name for each in rules().categories.values() for name in each.fits}
    silent = {each.id for each in rules().accesses.values() if each.kinds} - explained

    assert silent == {"phone_calls", "body_tracking", "home", "notification_access"}


def changed(name: str, change: Callable[[str], str]) -> dict[str, str]:
    return {**texts(), name: change(texts()[name])}


BAD = {
    "`camera` stands there twice": (ACCESSES, lambda text: text.replace("- id: microphone", "- id: camera")),
    "`android.permission.CAMERA` stands there twice": (
        ACCESSES, lambda text: text.replace("android.permission.RECORD_AUDIO", "android.permission.CAMERA")
    ),
    "`dating` stands there twice": (CATEGORIES, lambda text: text.replace("- id: recruiting", "- id: dating")),
    "`10` stands there twice": (CATEGORIES, lambda text: text.replace("number: 11\n", "number: 10\n")),
    "`dating` names `sex`, which there is not": (
        CATEGORIES, lambda text: text.replace("necessary: [phone, sex_age_marital]", "necessary: [phone, sex]")
    ),
    "`anywhere` names `advert`, which there is not": (
        CATEGORIES, lambda text: text.replace("anywhere: {advertising_id: ads}", "anywhere: {advert: ads}")
    ),
    "`anywhere` names `add`, which there is not": (
        CATEGORIES, lambda text: text.replace("anywhere: {advertising_id: ads}", "anywhere: {advertising_id: add}")
    ),
    "`map_navigation` names `locatio`, which there is not (did you mean `location`?)": (
        CATEGORIES, lambda text: text.replace("needed: {location: loc}", "needed: {locatio: loc}")
    ),
    "`map_navigation` names `small_one`, which there is not": (
        CATEGORIES, lambda text: text.replace("overlay: small,", "overlay: small_one,", 1)
    ),
    "`map_navigation`: `location` is needed for `phone`, which its `necessary` does not list": (
        CATEGORIES, lambda text: text.replace("needed: {location: loc}", "needed: {location: phone}")
    ),
    "`map_navigation`: `location` is both needed and explainable": (
        CATEGORIES, lambda text: text.replace("explainable: {", "explainable: {location: near, ", 1)
    ),
    "`umeng` stands there twice": (SDKS, lambda text: text.replace("{id: jpush,", "{id: umeng,")),
    "`com.umeng` stands there twice": (SDKS, lambda text: text.replace("[cn.jpush,", "[com.umeng,")),
    "`umeng` names `statistic`, which there is not (did you mean `statistics`?)": (
        SDKS, lambda text: text.replace("purpose: statistics", "purpose: statistic", 1)
    ),
    "groups": (GROUPS, lambda text: text.replace("speaks: part", "speaks: all")),
}  # fmt: skip


@for_each("what,case", BAD.items(), ids=list(BAD))
def test_a_file_that_contradicts_itself_is_refused_with_what_is_wrong(
    what: str, case: tuple[str, Callable[[str], str]]
) -> None:
    name, change = case

    with pytest.raises(BadFile, match=name) as refused:
        parse_rules(changed(name, change))
    assert what in str(refused.value)
