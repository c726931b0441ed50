"""What an iOS app states: the purposes it names before it asks, its privacy manifests, and the libraries in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.apps.archive import Archive
from leakguard.apps.plists import MOST_BYTES, read_plist
from leakguard.apps.unread import CannotRead, need
from leakguard.apps.values import PrivacyManifest, PurposeString, UnreadPart

_ROOT = re.compile(r"Payload/[^/]+\.app/Info\.plist")
_EXTENSION = re.compile(r"Payload/[^/]+\.app/PlugIns/[^/]+\.appex/Info\.plist")
_FRAMEWORK = re.compile(r"/(?P<name>[A-Za-z0-9_.+-]{1,80})\.(?:framework|bundle)/")
_PURPOSE = re.compile(r"NS[A-Za-z0-9]{1,60}UsageDescription")
_MANIFEST = "PrivacyInfo.xcprivacy"
MOST_MANIFESTS = 300
MOST_NAMED = 200
"""Domains and kinds of data of one privacy manifest."""
_LONGEST = 200


def info_of(archive: Archive) -> tuple[str, Mapping[str, Any]]:
    """Place and content of the app's own `Info.plist`; raises `CannotRead` where there is none, or several."""
    places = [name for name in archive.entries if _ROOT.fullmatch(name)]
    need(places, "it holds no app: there is no Payload/NAME.app/Info.plist")
    need(len(places) == 1, "it holds several apps")
    return places[0], read_plist(archive.read(places[0], most=MOST_BYTES))


def version_of(info: Mapping[str, Any]) -> tuple[str, str]:
    """The id of the bundle, and its version."""
    return _text(info.get("CFBundleIdentifier")), _text(info.get("CFBundleShortVersionString"))


def purposes_in(info: Mapping[str, Any], where: str) -> Iterator[PurposeString]:
    """Each key by which an app may ask for something, with the sentence that people read."""
    for key in sorted(info):
        if _PURPOSE.fullmatch(key):
            yield PurposeString(key=key, text=_text(info[key]).strip(), where=where)


def extensions(archive: Archive) -> tuple[str, ...]:
    """Where the parts of the app say what they ask for, such as a keyboard in it."""
    return tuple(name for name in archive.entries if _EXTENSION.fullmatch(name))


def privacy_manifests(archive: Archive, unread: list[UnreadPart]) -> Iterator[PrivacyManifest]:
    """Each that can be read; what cannot is noted in `unread`."""
    places = [name for name in archive.entries if name.rpartition("/")[2] == _MANIFEST]
    if len(places) > MOST_MANIFESTS:
        unread.append(_left("privacy manifests", f"there are more than {MOST_MANIFESTS}"))
    for place in places[:MOST_MANIFESTS]:
        try:
            yield _manifest(place, read_plist(archive.read(place, most=MOST_BYTES)))
        except CannotRead as error:
            unread.append(_left(place, str(error)))


def frameworks(archive: Archive) -> Iterator[tuple[str, str]]:
    """Name and place of each framework and bundle of resources in the app."""
    for name in archive.entries:
        for found in _FRAMEWORK.finditer(name):
            yield found["name"], name[: found.end() - 1]


def _left(part: str, why: str) -> UnreadPart:
    return UnreadPart(part=part, why=why, concerns=("privacy manifests",))


def _manifest(where: str, stated: Mapping[str, Any]) -> PrivacyManifest:
    kinds = [each.get("NSPrivacyCollectedDataType") for each in _list(stated, "NSPrivacyCollectedDataTypes", dict)]
    return PrivacyManifest(
        where=where, is_tracking=stated.get("NSPrivacyTracking") is True,
        domains=tuple(map(_text, _list(stated, "NSPrivacyTrackingDomains", str))),
        collected=tuple(text for kind in kinds if (text := _text(kind))),
    )  # fmt: skip


def _list(stated: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    value = stated.get(name)
    return [each for each in value[:MOST_NAMED] if isinstance(each, kind)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
