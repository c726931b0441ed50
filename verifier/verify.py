#!/usr/bin/env python3
"""Verify an evidence bundle: one file, the standard library alone, no network, nothing installed.

    python3 verify.py BUNDLE [--key KEY] [--head HEAD] [--file FILE]...

Ends with 0 (match), 1 (mismatch), 3 (not verifiable) or 4 (signed by a key you did not name); 2 is a mistake in the
command itself. Anybody can make a key and sign a bundle of their own with it, so that 4 is no match.
Every byte of a bundle is looked at: the frame of the zip file, every file in it, the chain of entries, the Merkle tree
over them (RFC 9162), contents against their salted hashes, findings, proofs, signatures (Ed25519, RFC 8032), stamps.
`--key` and `--head` come from elsewhere: a key that was handed over, a head that a letter or a mail printed.
Without either of them a bundle can only agree with itself.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import mmap
import re
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MATCH, MISMATCH, NOT_VERIFIABLE = "match", "mismatch", "not verifiable"
UNNAMED_KEY = "signed by a key you did not name"
EXIT = {MATCH: 0, MISMATCH: 1, NOT_VERIFIABLE: 3, UNNAMED_KEY: 4}
GENESIS = "0" * 64
INDEX, HEAD, KEY = "index.note", "head.note", "key.pub"
UNSIGNED = "leakguard-unsigned"
NEEDED = ("bundle.json", "contents.jsonl", "entries.jsonl", "findings.jsonl", HEAD, INDEX, "proofs.json")
MANIFEST = {
    "schema", "sequence", "subject", "kind", "occurred_at", "recorded_at", "flags", "content_sha256", "previous"
}  # fmt: skip
SCHEMA = "leakguard.ledger/1"
MOST_LINES = 200

# A traceback of an older Python ends with 1, which would read as a mismatch.
if sys.version_info < (3, 9):  # noqa: UP036  (an auditor's Python is not ours)
    print("not verifiable  this program needs Python 3.9 or newer, and this one is older\n\nANSWER: not verifiable")
    sys.exit(EXIT[NOT_VERIFIABLE])


class Broken(Exception):
    """The bundle is not what it says, and reading on makes no sense."""


class Report:
    """What was found so far."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.remarks: list[str] = []

    def match(self, text: str) -> None:
        """Something agrees."""
        self.lines.append((MATCH, text))

    def mismatch(self, text: str) -> None:
        """Something contradicts."""
        self.lines.append((MISMATCH, text))

    def unknown(self, text: str) -> None:
        """Something cannot be compared, which proves nothing either way."""
        self.lines.append((NOT_VERIFIABLE, text))

    def unnamed(self, text: str) -> None:
        """Everything agrees, with a key that nobody named: whoever made the bundle may have made the key."""
        self.lines.append((UNNAMED_KEY, text))

    @property
    def answer(self) -> str:
        """The worst of all."""
        answers = {answer for answer, _ in self.lines}
        return next((each for each in (MISMATCH, NOT_VERIFIABLE, UNNAMED_KEY) if each in answers), MATCH)


# Ed25519, RFC 8032, part 5.1: verification alone, which needs no secret and so no care about time.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def recover_x(y: int, sign: int) -> int | None:
    """The x of a point (RFC 8032, 5.1.3); nothing where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def decompress(encoded: bytes) -> Point | None:
    """A point in extended coordinates."""
    number = int.from_bytes(encoded, "little")
    y = number & (1 << 255) - 1
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def add(one: Point, two: Point) -> Point:
    """RFC 8032, 5.1.4."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point: Point) -> Point:
    """Double and add."""
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def has_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032, 5.1.7, without the cofactor."""
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, commitment = decompress(public), decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    one, two = multiply(scalar, BASE), add(commitment, multiply(challenge, key))
    return not ((one[0] * two[2] - two[0] * one[2]) % P or (one[1] * two[2] - two[1] * one[2]) % P)


# Signed notes and their keys: github.com/C2SP/C2SP, signed-note.md
def parse_key(text: str) -> tuple[str, bytes, bytes] | None:
    """Name, id and 32 bytes of a public key `<name>+<id>+<base64>`."""
    name, _, rest = text.strip().partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    number = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    return (name, number, raw[1:]) if len(raw) == 33 and raw[0] == 1 and number.hex() == identifier else None


def split_note(note: str) -> tuple[str, list[str]]:
    """The text of a note and its lines of signatures."""
    text, gap, signatures = note.rpartition("\n\n— ")
    return (text + "\n", ("— " + signatures).splitlines()) if gap else (note, [])


def is_signed_by(note: str, key: tuple[str, bytes, bytes]) -> bool:
    """Whether the note's one signature is the key's; anything behind or beside it counts as tampering."""
    text, lines = split_note(note)
    if len(lines) != 1:
        return False
    found = re.fullmatch(r"— (\S+) ([A-Za-z0-9+/]+={0,2})", lines[0])
    if found is None or found[1] != key[0] or note != f"{text}\n{lines[0]}\n":
        return False
    try:
        signature = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    is_plain = base64.b64encode(signature).decode() == found[2]
    return is_plain and signature[:4] == key[1] and has_signed(key[2], text.encode(), signature[4:])


def parse_head(text: str) -> dict[str, Any] | None:
    """The tree head in the text of a note."""
    found = re.fullmatch(
        r"(\S+)\n([1-9]\d{0,17})\n([A-Za-z0-9+/]{43}=)\nlast ([0-9a-f]{64})\nrecorded (\S+)\n", text, re.ASCII
    )
    if found is None:
        return None
    root = base64.b64decode(found[3])
    if base64.b64encode(root).decode() != found[3]:
        return None
    return {"origin": found[1], "size": int(found[2]), "root": root, "last": found[4], "recorded": found[5]}


# The Merkle tree: RFC 9162, part 2.1
def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(stack: list[tuple[int, bytes]]) -> bytes:
    """The root over full subtrees, the largest first."""
    if not stack:
        return hashlib.sha256(b"").digest()
    root = stack[-1][1]
    for _, left in reversed(stack[:-1]):
        root = node_hash(left, root)
    return root


def push(stack: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Take one more leaf."""
    width, current = 1, leaf_hash(leaf)
    while stack and stack[-1][0] == width:
        current, width = node_hash(stack.pop()[1], current), width * 2
    stack.append((width, current))


def climb(index: int, last: int, start: tuple[bytes, bytes], steps: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots of a proof (RFC 9162, 2.1.3.2 and 2.1.4.2); nothing where its length is wrong."""
    older, newer = start
    for step in steps:
        if last == 0:
            return None
        if index % 2 or index == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while index and index % 2 == 0:
                index, last = index >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        index, last = index >> 1, last >> 1
    return (older, newer) if last == 0 else None


def is_included(leaf: bytes, index: int, size: int, steps: list[bytes], root: bytes) -> bool:
    """Whether a proof of inclusion leads to the root."""
    start = leaf_hash(leaf)
    found = climb(index, size - 1, (start, start), steps) if 0 <= index < size else None
    return found is not None and found[1] == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, steps: list[bytes]) -> bool:
    """Whether a proof shows that the new tree only adds to the old one."""
    if not 0 < old <= new or (old == new) != (not steps):
        return False
    if old == new:
        return old_root == new_root
    chain = [old_root, *steps] if old & (old - 1) == 0 else steps
    index, last = old - 1, new - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    return climb(index, last, (chain[0], chain[0]), chain[1:]) == (old_root, new_root)


# The zip file: stored, in the order of names, without dates; there is one way to write it, so every byte is known.
LOCAL, CENTRAL, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
MOST_FILES = 0xFFFF
DAY = 0x21
"""1 January 1980, the first day that a zip file knows."""


@dataclass(frozen=True)
class Body:
    """One file of a bundle; attachments may be large, and of these the bytes are let go."""

    size: int
    sha256: str
    data: bytes


def read_files(data: memoryview) -> dict[str, Body]:
    """The files of a bundle; raises `Broken` for any byte of its frame that is not as it must be."""
    files: dict[str, Body] = {}
    directory, place, before = bytearray(), 0, ""
    while bytes(data[place : place + 4]) == b"PK\x03\x04":
        if place + LOCAL.size > len(data):
            raise Broken("the zip file ends in the middle of a header")
        *_, crc, _, size, name_size, _ = LOCAL.unpack_from(data, place)
        start = place + LOCAL.size + name_size
        raw, body = bytes(data[start - name_size : start]), data[start : start + size]
        header = LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, DAY, crc, size, size, len(raw), 0)
        if data[place : place + LOCAL.size] != header or len(body) != size or zlib.crc32(body) != crc:
            raise Broken(f"the file at byte {place:,} of the zip file, or its header, was changed")
        name = raw.decode("ascii", "replace")
        if not re.fullmatch(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?", name) or name <= before:
            raise Broken("the names in the zip file are not in their order")
        measures = (crc, size, size, len(raw), 0, 0, 0, 0, 0x81A40000, place)
        directory += CENTRAL.pack(b"PK\x01\x02", 0x314, 20, 0, 0, 0, DAY, *measures) + raw
        if len(files) >= MOST_FILES:
            raise Broken(f"the zip file holds more than {MOST_FILES:,} files, which its directory cannot count")
        held = b"" if name.startswith("attachments/") else bytes(body)
        files[name] = Body(size, hashlib.sha256(body).hexdigest(), held)
        place, before = start + size, name
    end = END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), place, 0)
    if data[place:] != directory + end:
        raise Broken("the directory of the zip file was changed, or something stands behind it")
    return files


def hash_of(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> str:
    """The one spelling of what bundles hold: no numbers with fractions, no keys beyond ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def lines_of(files: dict[str, Body], name: str) -> list[Any]:
    """The values of a file with one canonical JSON text a line; raises `Broken`."""
    try:
        texts = files[name].data.decode("utf-8").split("\n")
        values = [json.loads(text) for text in texts[:-1]]
    except (ValueError, RecursionError) as error:
        raise Broken(f"{name} cannot be read") from error
    if texts[-1] or not all(isinstance(value, dict) for value in values):
        raise Broken(f"{name} is cut off")
    return values


def json_of(files: dict[str, Body], name: str) -> dict[str, Any]:
    """The one value of a file; raises `Broken`."""
    try:
        value = json.loads(files[name].data)
    except (ValueError, RecursionError) as error:
        raise Broken(f"{name} cannot be read") from error
    if not isinstance(value, dict):
        raise Broken(f"{name} cannot be read")
    return value


def note_of(files: dict[str, Body], name: str) -> str:
    """The text of a note; raises `Broken`."""
    try:
        return files[name].data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Broken(f"{name} cannot be read") from error


class Bundle:
    """One bundle while it is verified."""

    def __init__(self, files: dict[str, Body], key: tuple[str, bytes, bytes] | None) -> None:
        self.files = files
        self.report = Report()
        self.given = key
        self.key: tuple[str, bytes, bytes] | None = None
        self.manifests: list[dict[str, Any]] = []
        self.hashes: list[str] = []
        self.root = b""
        self.contents: dict[int, Any] = {}
        self.erased: dict[int, tuple[Any, str]] = {}
        self.erased_findings: set[str] = set()
        self.head: dict[str, Any] = {}
        self.seen: set[int] = set()
        self.about: dict[str, Any] = {}

    def verify(self) -> None:
        """Everything, in the order in which one thing rests on another; raises `Broken`."""
        missing = [name for name in NEEDED if name not in self.files]
        if missing:
            raise Broken(f"the bundle lacks {', '.join(missing)}")
        self.about = json_of(self.files, "bundle.json")
        if self.about.get("is_drill"):
            self.report.remarks.append("DRILL: nothing in this bundle is real.")
        self.index()
        self.entries()
        self.all_contents()
        self.tree_head()
        self.old_heads()
        self.findings()
        self.proofs()
        self.attachments()

    def index(self) -> None:
        """Every file against the index, and the index against its signature."""
        note = note_of(self.files, INDEX)
        text, signatures = split_note(note)
        lines = text.split("\n")
        listed = [f"{body.sha256} {body.size} {name}" for name, body in sorted(self.files.items()) if name != INDEX]
        by = lines[3] if len(lines) > 3 else ""
        signer = parse_key(by.removeprefix("signed-by ")) if by.startswith("signed-by ") else None
        if lines[0] != "leakguard.bundle/1" or lines[-1] or (signer is None and by != "unsigned"):
            raise Broken("the index of the bundle was changed")
        for line in sorted(set(lines[4:-1]) ^ set(listed), key=lambda one: one.split(" ")[-1])[:MOST_LINES]:
            self.report.mismatch(f"the file {line.split(' ')[-1]!r} is not as the index lists it")
        if lines[4:-1] == listed:
            self.report.match(f"{len(listed)} files are as the index lists them")
        elif set(lines[4:-1]) == set(listed):
            self.report.mismatch("the index was rearranged")
        self.signer(note, signatures, signer)

    def signer(self, note: str, signatures: list[str], signer: tuple[str, bytes, bytes] | None) -> None:
        """Whose signature the index has, and whether that is the key that was given."""
        self.key = self.given or signer
        if signer is None and (signatures or self.given or KEY in self.files):
            self.report.mismatch("the bundle says that nobody signed it, and there should be a signature")
        elif signer is None:
            self.report.remarks.append("Nobody signed this bundle.")
        elif self.given is not None and signer != self.given:
            self.report.mismatch(f"the bundle was signed with the key {signer[0]}, which is not the key that was given")
        elif parse_key((self.held(KEY) or b"").decode("utf-8", "replace")) != signer:
            self.report.mismatch("the key in the bundle is not the one that its index names")
        elif not is_signed_by(note, signer):
            self.report.mismatch("the signature of the index is wrong")
        else:
            self.report.match(f"the index is signed with the key {signer[0]} {signer[1].hex()}")
            if self.given is None:
                self.report.remarks.append(
                    f"The key came with the bundle: compare its id {signer[1].hex()} with the one you were given, "
                    "and name it with --key."
                )

    def entries(self) -> None:
        """The chain: number, order of times and the hash of the entry before, for every entry."""
        raw = self.files["entries.jsonl"].data
        texts = raw.decode("utf-8", "replace").split("\n")
        values = lines_of(self.files, "entries.jsonl")
        stack: list[tuple[int, bytes]] = []
        before, recorded, wrong = GENESIS, "", 0
        for number, (text, manifest) in enumerate(zip(texts, values), start=1):
            what = self.entry_problem(number, text, manifest, before)
            if what:
                wrong += 1
                self.report.mismatch(f"entry {number}: {what}")
            recorded_now = instant(manifest.get("recorded_at"))
            if recorded_now < recorded:
                self.report.mismatch(f"entry {number} has an earlier recording time than the entry before it")
            before, recorded = hash_of(text.encode()), recorded_now
            self.manifests.append(manifest)
            self.hashes.append(before)
            push(stack, bytes.fromhex(before))
        self.root = fold(stack)
        if not wrong and values:
            self.report.match(f"{len(values):,} entries form one chain")

    def entry_problem(self, number: int, text: str, manifest: dict[str, Any], before: str) -> str:
        """What is wrong with one entry; an empty text where nothing is."""
        if set(manifest) != MANIFEST or manifest["schema"] != SCHEMA or canonical(manifest) != text:
            return "its manifest was changed"
        sequence = manifest["sequence"]
        if sequence != number:
            return f"entry {sequence} stands in its place, so entries were removed, added or swapped"
        return "" if manifest["previous"] == before else f"it does not follow from entry {number - 1}: one was changed"

    def all_contents(self) -> None:
        """Every content against the salted hash in its manifest; erased and withheld ones are counted apart."""
        found = self.found_contents()
        for number, line in found.items():
            if "salt" in line:
                self.one_content(number, line)
        left = [number for number in range(1, len(self.manifests) + 1) if number not in self.contents]
        fates = [self.fate(number, found.get(number)) for number in left]
        self.report.match(f"{len(self.contents):,} contents fit their entries")
        if "erased" in fates:
            self.report.match(f"{fates.count('erased'):,} contents were erased on purpose, and entries say so")
        self.recorders()
        if "withheld" in fates:
            self.report.remarks.append(
                f"The contents of {fates.count('withheld'):,} entries of other matters were withheld."
            )

    def recorders(self) -> None:
        """Who recorded the entries whose contents are here, and how that was known."""
        said = [content.get("recorded_by") for content in self.contents.values()]
        known = [one for one in said if isinstance(one, dict)]
        accounts = [str(one.get("id")) for one in known if one.get("how") in ("session", "token")]
        if accounts:
            self.report.remarks.append(
                f"{len(accounts):,} entries were recorded by {len(set(accounts)):,} accounts that logged in or used a"
                f" token, {len(known) - len(accounts):,} by names that nobody authenticated."
            )

    def fate(self, number: int, line: dict[str, Any] | None) -> str:
        """What became of a content that is not there."""
        if line is None and self.is_withheld(self.manifests[number - 1]):
            return "withheld"
        if number not in self.erased:
            self.report.mismatch(f"the content of entry {number} is gone, and no entry says that it was erased")
            return "gone"
        stone, said = self.erased[number]
        left = (line or {}).get("tombstone")
        if stone != (hash_of(left.encode()) if isinstance(left, str) else None):
            self.report.mismatch(f"what was left of the erased entry {number} was changed")
            return "changed"
        self.report.remarks.append(f"The content of entry {number} was erased {said}")
        return "erased"

    def found_contents(self) -> dict[int, dict[str, Any]]:
        """The lines of contents by the entry that each belongs to."""
        found: dict[int, dict[str, Any]] = {}
        for line in lines_of(self.files, "contents.jsonl"):
            number = line.get("sequence")
            keys = set(line) - {"sequence"}
            known = type(number) is int and 0 < number <= len(self.manifests) and number not in found
            if not known or keys not in ({"salt", "content"}, {"tombstone"}):
                self.report.mismatch(f"contents.jsonl: there is no place for what it has for entry {number!r:.40}")
                continue
            found[int(number)] = line
        return found

    def one_content(self, number: int, line: dict[str, Any]) -> None:
        """One content against its entry; remember what erasing entries say."""
        manifest = self.manifests[number - 1]
        try:
            digest = hash_of(bytes.fromhex(line["salt"]) + line["content"].encode())
            content = json.loads(line["content"])
        except (ValueError, TypeError, AttributeError, RecursionError):
            digest, content = "", None
        if digest != manifest.get("content_sha256") or not isinstance(content, dict):
            self.report.mismatch(f"the content of entry {number} was changed")
            self.contents[number] = {}
            return
        self.contents[number] = content
        if manifest.get("kind") == "content_erased":
            said = f"by {content.get('by') or 'nobody named'}: {content.get('reason') or 'no reason given'}"
            stones = content.get("tombstones") or [None] * len(content.get("sequences") or ())
            for each, stone in zip(content.get("sequences") or (), stones):
                if type(each) is int and each < number:
                    self.erased[each] = (stone, said)
            self.erased_findings.update(map(str, content.get("findings") or ()))

    def is_withheld(self, manifest: dict[str, Any]) -> bool:
        """Whether the bundle says that it leaves this content out: it is about other subjects."""
        subjects = self.about.get("subjects")
        return isinstance(subjects, list) and manifest.get("subject") not in subjects

    def tree_head(self) -> None:
        """The head against all entries, against the index, and against its signature."""
        note = note_of(self.files, HEAD)
        text, signatures = split_note(note)
        head = parse_head(text)
        if head is None:
            raise Broken("the head of the ledger cannot be read")
        self.head = head
        wrong = self.head_problem(head)
        if wrong:
            self.report.mismatch(wrong)
        else:
            self.report.match(f"the head fits all {len(self.hashes):,} entries")
        encoded = base64.b64encode(head["root"]).decode()
        if note_of(self.files, INDEX).split("\n")[1:3] != [str(head["size"]), encoded]:
            self.report.mismatch("the index was made for another head")
        if head["origin"] != (UNSIGNED if self.key is None else self.key[0]):
            self.report.mismatch("the head names another origin than the key")
        if self.key is not None and not is_signed_by(note, self.key):
            self.report.mismatch("the signature of the head is wrong")
        if self.key is None and signatures:
            self.report.mismatch("the head is signed, and the bundle says that nobody signed it")

    def head_problem(self, head: dict[str, Any]) -> str:
        """What is wrong between the head and the entries; an empty text where nothing is."""
        size = len(self.hashes)
        if head["size"] > size:
            return f"the end was cut off: the head names {head['size']:,} entries, there are {size:,}"
        if head["size"] < size:
            return f"entries were added: the head names {head['size']:,} of them, there are {size:,}"
        if (head["last"], head["root"]) != (self.hashes[-1], self.root):
            return "the head was made for other entries"
        is_same = head["recorded"] == self.manifests[-1].get("recorded_at")
        return "" if is_same else "the head names another time than the last entry"

    def old_heads(self) -> None:
        """Heads that the ledger itself keeps, and the time stamps over them."""
        notes: dict[str, str] = {}
        for content in self.of_kind("head_kept").values():
            note = str(content.get("note") or "")
            head = parse_head(split_note(note)[0])
            if head is None or not self.is_seen(head):
                self.report.mismatch("a head that was kept before does not match the entries")
                continue
            notes[hash_of(note.encode())] = note
            signer = parse_key(str(content.get("key") or ""))
            if split_note(note)[1] and (signer is None or not is_signed_by(note, signer)):
                self.report.mismatch(f"the signature of the head that was kept at entry {head['size']} is wrong")
            elif signer != self.key:
                other = f"with the key {signer[0]} {signer[1].hex()}" if signer else "by nobody"
                self.report.remarks.append(f"The head of {head['size']:,} entries was signed {other}.")
        if notes:
            self.report.match(f"{len(notes):,} heads that were kept before fit the entries")
        for number, content in self.of_kind("head_stamped").items():
            self.stamp(number, content, notes)

    def is_seen(self, head: dict[str, Any]) -> bool:
        """Whether a head of an earlier day fits the entries of today; its root is shown by a proof."""
        size = head["size"]
        return size <= len(self.hashes) and bool(self.hashes[size - 1] == head["last"])

    def stamp(self, number: int, content: dict[str, Any], notes: dict[str, str]) -> None:
        """A time stamp is over a head; who signed it, other programs can tell."""
        note = notes.get(str(content.get("note_sha256")))
        try:
            answer = base64.b64decode(str(content.get("answer")), validate=True)
        except binascii.Error:
            answer = b""
        digests = [hashlib.new(name, (note or "").encode()).digest() for name in ("sha256", "sha512")]
        if note is None or not any(digest in answer for digest in digests):
            self.report.mismatch("a time stamp is over another head")
            return
        for ending, expected in ((".tsr", answer), (".note", note.encode())):
            if self.held(f"stamps/{number}{ending}") != expected:
                self.report.mismatch(f"stamps/{number}{ending} is not what the ledger holds")
        self.report.match(f"the time stamp of entry {number} covers the first {content.get('size')} entries")
        self.report.remarks.append(
            f"A time stamp by {content.get('authority')} says {content.get('at')}. Its signature is for other tools: "
            f"openssl ts -verify -in stamps/{number}.tsr -data stamps/{number}.note -CAfile ROOTS.pem"
        )

    def findings(self) -> None:
        """Every finding against the hash that its entry lists, and every listed one must be there."""
        listed = self.listed_findings()
        lines = lines_of(self.files, "findings.jsonl")
        for line in lines:
            if set(line) != {"id", "position", "run", "sequence", "text"} or not isinstance(line["text"], str):
                raise Broken("findings.jsonl cannot be read")
            expected = listed.pop((line["sequence"], line["position"]), None)
            if expected != (line["id"], hash_of(line["text"].encode()), line["run"]):
                self.report.mismatch(f"finding {line['id']!r:.60} is not as its entry lists it")
        for identifier, _, run in listed.values():
            if identifier in self.erased_findings:
                self.report.remarks.append(f"Finding {identifier} was erased on purpose.")
            elif not self.is_withheld({"subject": run}):
                self.report.mismatch(f"finding {identifier!r:.60} is missing")
        if lines:
            self.report.match(f"{len(lines):,} findings were compared with their entries")

    def listed_findings(self) -> dict[tuple[Any, Any], tuple[Any, Any, Any]]:
        """What entries list: entry and place, and there id, hash and run."""
        listed = {}
        for number, content in self.of_kind("findings_recorded").items():
            run = self.manifests[number - 1].get("subject")
            for place, one in enumerate(content.get("findings") or ()):
                listed[number, place] = (one.get("id"), one.get("sha256"), run)
        return listed

    def proofs(self) -> None:
        """The proofs lead to the root, and belong to what they say."""
        proofs = json_of(self.files, "proofs.json")
        size, root = self.head["size"], self.head["root"]
        count = 0
        for one in proofs.get("inclusion") or ():
            number = one["sequence"]
            leaf = bytes.fromhex(self.hashes[number - 1]) if 0 < number <= len(self.hashes) else b""
            self.proof(is_included(leaf, number - 1, size, steps_of(one), root), f"of entry {number}")
            count += 1
        shown = set()
        for one in proofs.get("consistency") or ():
            shown.add((one["size"], one["root"]))
            old = bytes.fromhex(one["root"])
            self.proof(is_consistent(one["size"], old, size, root, steps_of(one)), f"from {one['size']} entries")
            count += 1
        for content in self.of_kind("head_kept").values():
            head = parse_head(split_note(str(content.get("note") or ""))[0]) or {"size": 0, "root": b""}
            self.proof((head["size"], head["root"].hex()) in shown, f"of the head of {head['size']} entries")
        if count:
            self.report.match(f"{count:,} proofs lead to the head")

    def proof(self, holds: bool, what: str) -> None:  # noqa: FBT001  (the answer itself)
        """Say that a proof fails."""
        if not holds:
            self.report.mismatch(f"the proof {what} does not lead to the head")

    def attachments(self) -> None:
        """Files that are evidence: each under its own hash, each named by an entry."""
        items = self.of_kind("evidence_added")
        known = {content.get("sha256") for content in items.values()}
        inside = {name.partition("/")[2] for name in self.files if name.startswith("attachments/")}
        for digest in sorted(inside):
            if digest not in known or self.files[f"attachments/{digest}"].sha256 != digest:
                self.report.mismatch(f"the attachment {digest[:16]}... is not what any entry took in")
        for number, content in items.items():
            name = f"EV-{number} {content.get('name')!r:.80}"
            if content.get("is_kept") and content.get("sha256") not in inside:
                self.report.unknown(f"{name}: a copy was kept once, and it is not in the bundle")
            elif not content.get("is_kept"):
                self.report.remarks.append(f"{name} lies elsewhere; compare it with --file.")
        if inside:
            self.report.match(f"{len(inside):,} attached files were looked at")

    def held(self, name: str) -> bytes | None:
        """What a file holds; nothing where there is none."""
        body = self.files.get(name)
        return None if body is None else body.data

    def of_kind(self, kind: str) -> dict[int, dict[str, Any]]:
        """The contents of one kind, by the number of their entry."""
        return {n: c for n, c in self.contents.items() if self.manifests[n - 1].get("kind") == kind}

    def seen_before(self, number: int, digest: str) -> None:
        """One head from elsewhere, whose hash may be cut short."""
        if number > len(self.hashes):
            last = f"but the bundle ends with entry {len(self.hashes):,}"
            self.report.mismatch(f"the end was cut off: a kept head shows that entry {number:,} existed, {last}")
        elif not self.hashes[number - 1].startswith(digest):
            self.report.mismatch(f"entry {number:,} does not match a head that was kept for it")
        else:
            self.seen.add(number)
            self.report.match(f"entry {number:,} is the one that was seen before")

    def outside(self, heads: list[str], paths: list[str]) -> None:
        """Compare with what came from elsewhere: heads that were printed, files that lie elsewhere."""
        for text in heads:
            found = told_heads(text)
            if not found:
                self.report.unknown(f"{text[:80]!r} tells no head: write number and hash, as in 12:0123456789abcdef")
            for number, digest in found:
                self.seen_before(number, digest)
        known = {content.get("sha256"): number for number, content in self.of_kind("evidence_added").items()}
        for path in paths:
            digest = hash_of(Path(path).read_bytes())
            if digest in known:
                self.report.match(f"{path} is EV-{known[digest]}")
            else:
                self.report.mismatch(f"{path} is no file that was taken in")
        if self.key is None and not heads:
            self.report.unknown(
                "nobody signed the bundle and no head from elsewhere was given, so it can only agree with itself"
            )
        elif self.key is not None and self.given is None and len(self.hashes) not in self.seen:
            self.report.unnamed(
                f"the key {self.key[0]} {self.key[1].hex()} came with the bundle, and anybody can make a key: name "
                "yours with --key, or with --head a head from elsewhere that is over every entry"
            )
        self.signed_since()

    def signed_since(self) -> None:
        """Entries say whether their heads were signed: from then on an unsigned bundle is a downgrade."""
        flagged = (one["sequence"] for one in self.manifests if "head_signed" in str(one.get("flags")).split())
        since = next(flagged, None)
        if since is not None and self.key is None:
            self.report.mismatch(f"entry {since} says that heads are signed, and nobody signed this bundle")


def told_heads(text: str) -> list[tuple[int, str]]:
    """The heads in a text from elsewhere: notes, one behind the other, a head file, or those that a letter prints.

    A printed hash has a letter, unless it is after `entry` or alone: digits may be a telephone number.
    """
    noted = re.findall(r"^([1-9]\d{0,17})\n[A-Za-z0-9+/]{43}=\nlast ([0-9a-f]{64})$", text, re.ASCII | re.MULTILINE)
    kept = re.findall(r'"sequence": ([1-9]\d{0,17}), "hash": "([0-9a-f]{64})"', text, re.ASCII)
    number, digest = r"([1-9]\d{0,17})\D{1,12}?", r"([0-9a-f]{8,64})\b"
    whole = re.fullmatch(number + digest, text.strip(), re.ASCII)
    printed = [whole.groups()] if whole else re.findall(rf"(?:\bentry|第) ?{number}{digest}", text, re.ASCII)
    printed = printed or re.findall(rf"(?<!\d){number}(?=\d*[a-f]){digest}", text, re.ASCII)
    return [(int(size), found) for size, found in noted or kept or printed]


def steps_of(proof: dict[str, Any]) -> list[bytes]:
    """The hashes of a proof."""
    return [bytes.fromhex(step) for step in proof["path"]]


def instant(text: object) -> str:
    """A time in UTC so that the order of texts is the order of times: fractions have six digits."""
    found = re.fullmatch(r"(\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{6}))?Z", text if isinstance(text, str) else "")
    return f"{found[1]}.{found[2] or '000000'}" if found else ""


def verify(path: str, *, key: str = "", heads: list[str] | None = None, paths: list[str] | None = None) -> Report:
    """Verify the bundle at `path`; raises `OSError` for a file that cannot be read."""
    given = parse_key(key) if key else None
    report = Report()
    if key and given is None:
        report.unknown("the key that was given is none: it reads NAME+ID+BASE64")
        return report
    try:
        bundle = Bundle(read_bundle(path), given)
        report = bundle.report
        bundle.verify()
        bundle.outside(heads or [], paths or [])
    except Broken as error:
        report.mismatch(str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, struct.error) as error:
        report.mismatch(f"the bundle is damaged ({type(error).__name__})")
    return report


def read_bundle(path: str) -> dict[str, Body]:
    """The files of the bundle at `path`."""
    with Path(path).open("rb") as file:
        if not file.seek(0, 2):
            raise Broken("the bundle is empty")
        return read_files(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))


def text_of(argument: str) -> str:
    """What an option holds: the text itself, or that of the file it names."""
    try:
        return Path(argument).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return argument


def show(report: Report) -> None:
    """Print everything for a person; nothing in a bundle may move the cursor."""
    for answer, text in [*report.lines[:MOST_LINES], *(("remark", text) for text in report.remarks[:MOST_LINES])]:
        word = "unnamed key" if answer == UNNAMED_KEY else answer
        print(f"{word:<14}  {''.join(sign if sign.isprintable() else '?' for sign in text)}")
    more = max(0, len(report.lines) - MOST_LINES)
    print(f"\nANSWER: {report.answer}" + (f" (and {more:,} lines more)" if more else ""))


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="0 match, 1 mismatch, 3 not verifiable, 4 signed by a key you did not name",
    )
    parser.add_argument("bundle")
    parser.add_argument("--key", default="", help="the public key, or a file with it, from elsewhere")
    parser.add_argument(
        "--head", action="append", default=[], help="a head from elsewhere, as 12:0123456789abcdef, or a file of heads"
    )
    parser.add_argument("--file", action="append", default=[], help="a file that should be evidence")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args(words)
    try:
        report = verify(
            given.bundle,
            key=text_of(given.key) if given.key else "",
            heads=list(map(text_of, given.head)),
            paths=given.file,
        )
    except (OSError, ValueError) as error:
        report = Report()
        report.unknown(f"{getattr(error, 'filename', None) or given.bundle} cannot be read: {error}")
    if given.json:
        lines = [{"answer": answer, "text": text} for answer, text in report.lines]
        print(json.dumps({"answer": report.answer, "lines": lines, "remarks": report.remarks}))
    else:
        show(report)
    return EXIT[report.answer]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
