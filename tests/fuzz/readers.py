"""Readers of files that somebody else made: an input is a file, which is read to its end or refused by `CannotRead`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from leakguard.apps.archive import Archive
from leakguard.apps.axml import read_axml
from leakguard.apps.definitions import SdkNames
from leakguard.apps.dex import Dex
from leakguard.apps.package import read_package
from leakguard.apps.plists import read_plist
from leakguard.apps.proto_xml import read_proto_xml
from leakguard.apps.unread import CannotRead
from leakguard.errors import BadFile
from leakguard.intake.messages import MOST_TEXT
from leakguard.intake.naming import MOST_NAMED, named_in
from leakguard.intake.public_form import MOST_LONG, read_submitted
from leakguard.intake.reading import read_form, read_message
from leakguard.intake.security_txt import FetchedFile, read_security_txt
from leakguard.shipped.reader import MOST_FINDS, formless
from support.app_packages import aab, apk, ipa, manifest, plist, to_axml, to_dex, to_proto, zipped

_MOST = 1 << 16
_NOW = datetime(2026, 6, 1, tzinfo=UTC)
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


def _report(data: bytes) -> None:
    with suppress(BadFile):
        found = read_message(data, name="a report")
        assert len(found.text) <= MOST_TEXT
        assert found.subject.isprintable()
        assert len(named_in(found.text)) <= MOST_NAMED


def _report_form(data: bytes) -> None:
    found = read_submitted(data)
    if not found.problems:
        message = read_form(found.document, name="the form")
        assert 0 < len(message.text) <= MOST_LONG
        assert message.subject.isprintable()


def _script(data: bytes) -> None:
    reader = formless()
    reader.read(data, "/a.js")
    found = reader.shipped
    assert len(found.tables) <= 2 * MOST_FINDS
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,128}", table.name) for table in found.tables)


def _security_txt(data: bytes) -> None:
    found = read_security_txt(FetchedFile(url="https://h/.well-known/security.txt", body=data), now=_NOW)
    assert len(set(found.problems)) == len(found.problems)


READERS: Mapping[str, Callable[[bytes], object]] = {
    "app_archive": _zip, "app_axml": lambda data: list(read_axml(data)), "app_dex": _dex, "app_package": _package,
    "app_plist": read_plist, "app_proto": lambda data: list(read_proto_xml(data)), "report": _report,
    "report_form": _report_form, "script": _script, "security_txt": _security_txt,
}  # fmt: skip
_MAIL = (
    b"From: F <f@example.org>\r\nSubject: =?utf-8?b?5byg?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nhttp://192.0.2.7:9200/ s3://a [2001:db8::1]:6379\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    b"From: x\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
    b"--b\r\nContent-Disposition: attachment; filename*=utf-8''a\r\n\r\nx\r\n--b--\r\n"
)
_PAGE = b"From: x\r\nContent-Type: text/html; charset=gbk\r\n\r\n<p>a<a href='http://a.example:80/'>b</a><script>c"
_CONTACTS = (
    b"Contact: mailto:a@b.example\nExpires: 2027-01-01T00:00:00Z\nCanonical: https://h/\nPreferred-Languages: en, zh\n"
)
_SIGNED = (
    b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- -a\nExpires: x\n-----BEGIN PGP SIGNATURE-----\n\nab\n"
    b"-----END PGP SIGNATURE-----\n"
)
_SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "app_archive": (zipped({"a": b"text" * 9, "b": b""}), zipped({"a": b"text"}, method=0)),
    "app_axml": (to_axml(_ROOT), to_axml(_ROOT, is_utf8=False)),
    "app_dex": (to_dex(["com.umeng.A"], [b"one", b"x" * 200]),),
    "app_package": (apk(_ROOT, {"classes.dex": to_dex(["com.umeng.A"])}), aab(_ROOT), ipa(_STATED)),
    "app_plist": (plist(_STATED), plist(_STATED, is_binary=False)),
    "app_proto": (to_proto(_ROOT),),
    "report": (_MAIL, _PAGE, b'{"text": "192.0.2.7:9200", "email": "f@example.org", "subject": "s"}'),
    "report_form": (
        b"text=192.0.2.7%3A9200+open&subject=s&name=F&email=f%40example.org&lang=zh&website=",
        b"text=%E5%BC%A0",
    ),
    "script": (
        b'function Cl(e,t,...n){if(e=O(e),X("collection","path",t))}Cl(U(w),`rooms`);export{Cl as a}',
        b'import{a as x}from"./0.js";x(y,"rooms");(0,s.collection)((0,s.g)(l),"rooms")',
        b'e.s(["f",0,r],76);var p=e.i(76);{47:(e,t,n)=>{n.d(t,{r:()=>r})}}function r(e){("doc","path",t)}',
        b"gql`query P($n: Int) @a { all(first: $n) { id } x: notes { id } ...F }`;graphql(`{ people { id } }`)",
        b'c.from("a");p.collection(`b`);new P.Query("c");P.Object.extend("d");k.request((0,h.f)("e",{}));"/items/f"',
    ),
    "security_txt": (_CONTACTS, _SIGNED),
}


def read(kind: str, data: bytes) -> None:
    """Whatever a file holds, it is read or refused; anything else is raised."""
    with suppress(CannotRead):
        READERS[kind](data)


def first_inputs(kind: str) -> Iterator[bytes]:
    """Files as they should be."""
    yield from _SEEDS[kind]
