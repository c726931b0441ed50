"""Makes packages of apps from what they are to say: manifests in both forms, code, property lists, archives."""

from __future__ import annotations

import io
import plistlib
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ANDROID = "http://schemas.android.com/apk/res/android"
NUMBERS = {
    "label": 0x01010001, "name": 0x01010003, "permission": 0x01010006, "debuggable": 0x0101000F,
    "minSdkVersion": 0x0101020C, "versionCode": 0x0101021B, "versionName": 0x0101021C,
    "targetSdkVersion": 0x01010270, "maxSdkVersion": 0x01010271, "usesPermissionFlags": 0x01010644,
    "exported": 0x01010010,
}  # fmt: skip
PLAIN = frozenset({"package", "split", "platformBuildVersionCode"})


@dataclass(frozen=True)
class Ref:
    """A value that stands in the resources."""

    number: int


Value = str | int | bool | Ref


@dataclass
class Tag:
    """An element to be compiled."""

    name: str
    attributes: dict[str, Value] = field(default_factory=dict)
    children: list[Tag] = field(default_factory=list)


def manifest(
    *permissions: str | Tag, package: str = "cn.example.jobs", version: str = "8.1",
    sdk: tuple[Value, Value] | None = (26, 35), more: Sequence[Tag] = (),
) -> Tag:  # fmt: skip
    """A manifest that asks for these permissions."""
    children = [] if sdk is None else [Tag("uses-sdk", {"minSdkVersion": sdk[0], "targetSdkVersion": sdk[1]})]
    children += [uses(each) if isinstance(each, str) else each for each in permissions]
    children.append(Tag("application", {"label": Ref(0x7F010000), "debuggable": False}, list(more)))
    return Tag("manifest", {"package": package, "versionName": version, "versionCode": 81}, children)


def uses(name: Value, **more: Value) -> Tag:
    """An element that asks for a permission; a name without a dot is one of Android's."""
    full = f"android.permission.{name}" if isinstance(name, str) and name and "." not in name else name
    return Tag("uses-permission", {"name": full, **more})


def chunk(kind: int, header: bytes, body: bytes = b"") -> bytes:
    """A chunk of Android's compiled files; `header` is what stands behind its size."""
    return struct.pack("<HHL", kind, 8 + len(header), 8 + len(header) + len(body)) + header + body


def pool(texts: Sequence[str], *, is_utf8: bool = True) -> bytes:
    """A pool of strings."""
    offsets, data = [], b""
    for text in texts:
        offsets.append(len(data))
        if is_utf8:
            said = text.encode()
            data += _short(len(text), 1) + _short(len(said), 1) + said + b"\0"
        else:
            said = text.encode("utf-16-le")
            data += _short(len(said) // 2, 2) + said + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    start = 28 + 4 * len(texts)
    header = struct.pack("<5L", len(texts), 0, 0x100 if is_utf8 else 0, start, 0)
    return chunk(0x0001, header, struct.pack(f"<{len(texts)}L", *offsets) + data)


def _short(length: int, unit: int) -> bytes:
    top = 0x80 << (8 * (unit - 1))
    if length < top:
        return length.to_bytes(unit, "little")
    return (top | length >> (8 * unit)).to_bytes(unit, "little") + (length & ((1 << 8 * unit) - 1)).to_bytes(
        unit, "little"
    )


def to_axml(root: Tag, *, is_utf8: bool = True) -> bytes:
    """The binary XML of an APK: names with a number first, as Android's own compiler orders them."""
    numbered = [name for name in NUMBERS if name in _names(root)]
    texts = list(dict.fromkeys([*numbered, ANDROID, *sorted(_names(root)), *_texts(root)]))
    at = {text: number for number, text in enumerate(texts)}
    body = pool(texts, is_utf8=is_utf8)
    body += chunk(0x0180, b"", struct.pack(f"<{len(numbered)}L", *(NUMBERS[name] for name in numbered)))
    body += chunk(0x0100, struct.pack("<LL", 1, 0xFFFFFFFF), struct.pack("<LL", at[ANDROID], at[ANDROID]))
    body += _nodes(root, at)
    return chunk(0x0003, b"", body)


def _nodes(tag: Tag, at: Mapping[str, int]) -> bytes:
    line = struct.pack("<LL", 1, 0xFFFFFFFF)
    rows = b"".join(_row(name, value, at) for name, value in tag.attributes.items())
    begin = struct.pack("<lLHHHHHH", -1, at[tag.name], 20, 20, len(tag.attributes), 0, 0, 0)
    inside = b"".join(_nodes(child, at) for child in tag.children)
    return chunk(0x0102, line, begin + rows) + inside + chunk(0x0103, line, struct.pack("<lL", -1, at[tag.name]))


def _row(name: str, value: Value, at: Mapping[str, int]) -> bytes:
    space = -1 if name in PLAIN else at[ANDROID]
    kind, data, raw = 0x10, 0, -1
    if isinstance(value, Ref):
        kind, data = 0x01, value.number
    elif isinstance(value, bool):
        kind, data = 0x12, 0xFFFFFFFF if value else 0
    elif isinstance(value, int):
        data = value
    else:
        kind, data, raw = 0x03, at[value], at[value]
    return struct.pack("<llLlHBBL", space, at[name], 0, 0, 0, 0, 0, 0)[:8] + struct.pack(
        "<lHBBL", raw, 8, 0, kind, data
    )


def _names(tag: Tag) -> set[str]:
    return {tag.name, *tag.attributes, *(name for child in tag.children for name in _names(child))}


def _texts(tag: Tag) -> list[str]:
    own = [value for value in tag.attributes.values() if isinstance(value, str)]
    return own + [text for child in tag.children for text in _texts(child)]


def varint(value: int) -> bytes:
    """A number of a protocol buffer."""
    said = b""
    while value > 0x7F:
        said += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return said + bytes((value,))


def proto(number: int, value: bytes | str | int) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    said = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(said)) + said


def to_proto(tag: Tag) -> bytes:
    """The `XmlNode` of a bundle."""
    rows = b"".join(proto(4, _proto_row(name, value)) for name, value in tag.attributes.items())
    children = b"".join(proto(5, to_proto(child)) for child in tag.children)
    return proto(1, proto(3, tag.name) + rows + children) + proto(3, proto(1, 7))


def _proto_row(name: str, value: Value) -> bytes:
    if name in PLAIN:
        return proto(2, name) + proto(3, str(value))
    row = proto(1, ANDROID) + proto(2, name) + proto(5, NUMBERS[name])
    if isinstance(value, Ref):
        return row + proto(3, "@string/it") + proto(6, proto(1, proto(2, value.number)))
    if isinstance(value, bool):
        return row + proto(6, proto(7, proto(8, int(value))))
    if isinstance(value, int):
        return row + proto(3, str(value)) + proto(6, proto(7, proto(6, value)))
    return row + proto(3, value) + proto(6, proto(2, proto(1, value)))


def to_dex(classes: Sequence[str] = (), strings: Sequence[bytes] = (), version: bytes = b"035") -> bytes:
    """Code that defines these classes and holds these strings."""
    texts = [f"L{name.replace('.', '/')};".encode() for name in classes] + list(strings)
    ids_at = 0x70
    types_at = ids_at + 4 * len(texts)
    classes_at = types_at + 4 * len(classes)
    at, data, ids = classes_at + 32 * len(classes), b"", []
    for text in texts:
        ids.append(at + len(data))
        data += varint(len(text)) + text + b"\0"
    header = b"dex\n" + version + b"\0" + b"\0" * 48
    header += struct.pack("<4L", len(texts), ids_at, len(classes), types_at) + b"\0" * 24
    header += struct.pack("<2L", len(classes), classes_at) + b"\0" * 8
    numbers = range(len(classes))
    return (
        header + struct.pack(f"<{len(ids)}L", *ids) + struct.pack(f"<{len(classes)}L", *numbers)
        + b"".join(struct.pack("<L28x", number) for number in numbers) + data
    )  # fmt: skip


def zipped(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, compress_type=method)
    return made.getvalue()


def apk(root: Tag | None = None, files: Mapping[str, bytes] | None = None) -> bytes:
    """An APK with this manifest."""
    return zipped({"AndroidManifest.xml": to_axml(root or manifest()), **(files or {})})


def aab(root: Tag | None = None, files: Mapping[str, bytes] | None = None) -> bytes:
    """An Android App Bundle with this manifest of its base."""
    return zipped({"base/manifest/AndroidManifest.xml": to_proto(root or manifest()), **(files or {})})


def ipa(
    info: Mapping[str, Any] | None = None, files: Mapping[str, bytes] | None = None, *, is_binary: bool = True
) -> bytes:
    """An IPA; `files` are relative to the app's folder."""
    stated = {"CFBundleIdentifier": "cn.example.jobs", "CFBundleShortVersionString": "8.1", **(info or {})}
    inside = {"Info.plist": plist(stated, is_binary=is_binary), **(files or {})}
    return zipped({f"Payload/Jobs.app/{name}": content for name, content in inside.items()})


def plist(value: Any, *, is_binary: bool = True) -> bytes:  # noqa: ANN401  (whatever is to be said)
    """A property list."""
    return plistlib.dumps(value, fmt=plistlib.FMT_BINARY if is_binary else plistlib.FMT_XML)
