"""Readers of files that somebody else made: an input is a file, which is read to its end or refused by `CannotRead`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from leakguard.apps.archive import Archive
from leakguard.apps.axml import read_axml
from leakguard.apps.definitions import SdkNames
from leakguard.apps.dex import Dex
from leakguard.apps.package import read_package
from leakguard.apps.plists import read_plist
from leakguard.apps.proto_xml import read_proto_xml
from leakguard.apps.unread import CannotRead
from leakguard.shipped.reader import formless
from support.app_packages import aab, apk, ipa, manifest, plist, to_axml, to_dex, to_proto, zipped

_MOST = 1 << 16
_NO_SDKS = SdkNames(android={"com.umeng": "umeng"}, ios={"UMCommon": "umeng"})
_ROOT = manifest("CAMERA", "READ_CONTACTS")
_STATED = {"NSCameraUsageDescription": "why", "list": [1, 2.5, b"x"], "inner": {"a": True}}


def _zip(data: bytes) -> None:
    archive = Archive(data)
    for name in archive.entries:
        with suppress(CannotRead):
            assert len(archive.read(name, most=_MOST)) <= _MOST


def _dex(data: bytes) -> None:
    found = Dex(data)
    assert sum(map(len, found.strings())) <= 2 * len(data)
    list(found.class_names())


def _package(data: bytes) -> None:
    assert read_package(data, _NO_SDKS, formless()).kind in {"apk", "aab", "ipa"}


READERS: Mapping[str, Callable[[bytes], object]] = {
    "app_archive": _zip, "app_axml": lambda data: list(read_axml(data)), "app_dex": _dex, "app_package": _package,
    "app_plist": read_plist, "app_proto": lambda data: list(read_proto_xml(data)),
}  # fmt: skip
_SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "app_archive": (zipped({"a": b"text" * 9, "b": b""}), zipped({"a": b"text"}, method=0)),
    "app_axml": (to_axml(_ROOT), to_axml(_ROOT, is_utf8=False)),
    "app_dex": (to_dex(["com.umeng.A"], [b"one", b"x" * 200]),),
    "app_package": (apk(_ROOT, {"classes.dex": to_dex(["com.umeng.A"])}), aab(_ROOT), ipa(_STATED)),
    "app_plist": (plist(_STATED), plist(_STATED, is_binary=False)),
    "app_proto": (to_proto(_ROOT),),
}


def read(kind: str, data: bytes) -> None:
    """Whatever a file holds, it is read or refused; anything else is raised."""
    with suppress(CannotRead):
        READERS[kind](data)


def first_inputs(kind: str) -> Iterator[bytes]:
    """Files as they should be."""
    yield from _SEEDS[kind]
