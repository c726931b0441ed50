"""Reads one package: an APK, an Android App Bundle or an IPA; what cannot be read is noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from leakguard.apps.android_manifest import Manifest, manifest_of, merged
from leakguard.apps.archive import Archive
from leakguard.apps.axml import read_axml
from leakguard.apps.contents import Contents
from leakguard.apps.definitions import SdkNames
from leakguard.apps.elements import Element
from leakguard.apps.ios_package import (
    extensions,
    frameworks,
    info_of,
    privacy_manifests,
    purposes_in,
    version_of,
)
from leakguard.apps.plists import MOST_BYTES, read_plist
from leakguard.apps.proto_xml import read_proto_xml
from leakguard.apps.unread import CannotRead, need
from leakguard.apps.values import AppFacts, PurposeString, SdkSeen, UnreadPart
from leakguard.shipped.reader import ShippedReader

MOST_MANIFEST = 8 << 20
"""Bytes of a manifest, unpacked."""
MOST_MODULES = 200
_APK = "AndroidManifest.xml"
_MODULE = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)/manifest/AndroidManifest\.xml")
_BASE = "base/manifest/AndroidManifest.xml"
_SET = re.compile(r"[^/]*\.apk|splits/.*\.apk")


def read_package(data: bytes, sdks: SdkNames, reader: ShippedReader) -> AppFacts:
    """What a package says; raises `CannotRead` for a file that is no package at all, or of none of the three kinds."""
    archive = Archive(data)
    if _BASE in archive.entries:
        return _android(archive, sdks, reader, is_bundle=True)
    if _APK in archive.entries:
        return _android(archive, sdks, reader, is_bundle=False)
    if any(name.startswith("Payload/") for name in archive.entries):
        return _ios(archive, sdks, reader)
    need(
        not any(_SET.fullmatch(name) for name in archive.entries),
        "it is a set of APKs: unpack it, and name the APKs in it one by one",
    )
    raise CannotRead("it is no APK, no Android App Bundle and no IPA: it holds no manifest of one")


def _android(archive: Archive, sdks: SdkNames, reader: ShippedReader, *, is_bundle: bool) -> AppFacts:
    unread: list[UnreadPart] = []
    manifest = _manifest(archive, unread, is_bundle=is_bundle)
    contents = Contents(archive, reader, sdks.android)
    contents.read_all()
    return AppFacts(
        kind="aab" if is_bundle else "apk", package=manifest.package, version=manifest.version,
        min_sdk=manifest.min_sdk, target_sdk=manifest.target_sdk, permissions=manifest.permissions,
        bound=manifest.bound, sdks=contents.sdks, shipped=reader.shipped, unread=(*unread, *contents.unread),
    )  # fmt: skip


def _manifest(archive: Archive, unread: list[UnreadPart], *, is_bundle: bool) -> Manifest:
    """One whose parts that could not be read are noted; of an APK an empty one where it could not be read at all."""
    parse: Callable[[bytes], Iterator[Element]] = read_proto_xml if is_bundle else read_axml
    places = _places(archive) if is_bundle else [_APK]
    if len(places) > MOST_MODULES:
        unread.append(_not_declared("modules", f"there are more than {MOST_MODULES}"))
    found: list[Manifest] = []
    for place in places[:MOST_MODULES]:
        try:
            found.append(manifest_of(parse(archive.read(place, most=MOST_MANIFEST))))
        except CannotRead as error:
            unread.append(_not_declared(place, str(error)))
    if not found:
        return Manifest(package="")
    whole = merged(found)
    unread += [_not_declared(_APK, f"{text} is in the resources, which are not read") for text in whole.unclear]
    return whole


def _places(archive: Archive) -> list[str]:
    """The manifests of all modules, the base first."""
    return sorted((name for name in archive.entries if _MODULE.fullmatch(name)), key=lambda name: (name != _BASE, name))


def _not_declared(part: str, why: str) -> UnreadPart:
    return UnreadPart(part=part, why=why, concerns=("permissions",))


def _ios(archive: Archive, sdks: SdkNames, reader: ShippedReader) -> AppFacts:
    unread: list[UnreadPart] = []
    purposes: list[PurposeString] = []
    package = version = ""
    try:
        place, info = info_of(archive)
        package, version = version_of(info)
        purposes += purposes_in(info, place)
    except CannotRead as error:
        unread.append(UnreadPart(part="Info.plist", why=str(error), concerns=("purpose strings",)))
    for place in extensions(archive):
        try:
            purposes += purposes_in(read_plist(archive.read(place, most=MOST_BYTES)), place)
        except CannotRead as error:
            unread.append(UnreadPart(part=place, why=str(error), concerns=("purpose strings",)))
    manifests = tuple(privacy_manifests(archive, unread))
    contents = Contents(archive, reader, {})
    contents.read_all()
    return AppFacts(
        kind="ipa", package=package, version=version, purposes=tuple(purposes), manifests=manifests,
        sdks=_libraries(archive, sdks), shipped=reader.shipped, unread=(*unread, *contents.unread),
    )  # fmt: skip


def _libraries(archive: Archive, sdks: SdkNames) -> tuple[SdkSeen, ...]:
    found: dict[str, str] = {}
    for name, where in frameworks(archive):
        if name in sdks.ios:
            found.setdefault(sdks.ios[name], where)
    return tuple(SdkSeen(id=name, where=where) for name, where in found.items())
