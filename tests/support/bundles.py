"""Bundles for tests, the verifier as a module, and tampering by somebody who knows the format."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from leakguard.ledger.bundle import Choice, Contents, bundle_files
from leakguard.ledger.canonical import canonical, sha256_hex
from leakguard.ledger.chain import chain
from leakguard.ledger.custody import NewEvidence, new_evidence_record
from leakguard.ledger.entries import Entry
from leakguard.ledger.erasure import erasing_record, erasure_of
from leakguard.ledger.keys import SigningKey, new_key
from leakguard.ledger.merkle import Tree
from leakguard.ledger.notes import UNSIGNED, TreeHead, to_note
from leakguard.ledger.plain_zip import BundleFile, measured_file, text_file, zipped
from leakguard.ledger.stamps import HEAD_KEPT, HEAD_STAMPED
from leakguard.ledger.stored_findings import FINDINGS_RECORDED, StoredFinding
from leakguard.models.records import Record
from support.ledgers import START, Tokens, changed, exactly, make_record

PROGRAM = Path(__file__).parents[2] / "verifier" / "verify.py"
KEY = new_key("ir.example.edu/ledger", b"\x07" * 32)
CANARY = "canary-7f3a9c"
ATTACHED = b"what a web server logged\n"
INCIDENT = "IR-2026-0001"
_FINDING = '{"id":"F-1","reason":"open to all"}'
Files = dict[str, bytes]


@cache
def verifier() -> ModuleType:
    """The stand-alone program, loaded from its file: it is in no package."""
    spec = importlib.util.spec_from_file_location("bundle_verifier", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Book:
    """A ledger that grows entry by entry."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._tokens = Tokens()

    def add(self, *records: Record, subject: str = INCIDENT) -> int:
        """Append; returns the number of the last entry."""
        last = self.entries[-1] if self.entries else None
        self.entries += chain(subject, records, last=last, now=START, random_hex=self._tokens)
        return len(self.entries)

    def erase(self, number: int) -> None:
        """Leave a tombstone, and an entry that says so."""
        erasure = erasure_of(self.entries[number - 1])
        self.entries[number - 1] = changed(self.entries[number - 1], salt=None, content=erasure.tombstone)
        self.add(erasing_record([erasure], by="dpo", reason="a person asked for it", at=exactly(START)))

    def keep_head(self, key: SigningKey | None) -> str:
        """Keep a head in the ledger; returns its note."""
        tree, last = Tree(bytes.fromhex(entry.hash) for entry in self.entries), self.entries[-1]
        origin = key.name if key else UNSIGNED
        head = TreeHead(size=len(tree), root=tree.root(), hash=last.hash, recorded_at=last.recorded_at, origin=origin)
        note = to_note(head.text, key)
        content = {"note": note, "key": key.public.text if key else "", "places": []}
        self.add(make_record(HEAD_KEPT, content), subject="ledger")
        return note


def make_book(key: SigningKey | None = KEY) -> Book:
    """A ledger with something of every kind."""
    book = Book()
    book.add(make_record("note", {"text": "plain"}), make_record("note", {"text": CANARY, "n": 7, "clock": "cac"}))
    listed = [{"id": "F-1", "sha256": sha256_hex(_FINDING)}]
    book.add(make_record(FINDINGS_RECORDED, {"findings": listed, "done": {}, "outcomes": {}}), subject="R-1")
    taken = NewEvidence(
        name="access.log", sha256=hashlib.sha256(ATTACHED).hexdigest(), size=len(ATTACHED), by="scribe", has_copy=True
    )
    book.add(new_evidence_record(taken, at=exactly(START)))
    book.erase(2)
    note = book.keep_head(key)
    digest = hashlib.sha512(note.encode()).digest()
    stamp = {
        "size": 5, "note_sha256": sha256_hex(note), "answer": base64.b64encode(b"DER" + digest).decode(),
        "at": "2026-05-24T02:00:00Z", "authority": "CN=Stamps", "serial": "1",
    }  # fmt: skip
    book.add(make_record(HEAD_STAMPED, stamp), subject="ledger")
    book.add(make_record("note", {"text": "数据"}))
    return book


def bundle_of(
    book: Book,
    *,
    key: SigningKey | None = KEY,
    choice: Choice | None = None,
    attachments: Sequence[bytes] = (ATTACHED,),
    about: Mapping[str, Any] | None = None,
) -> Files:
    """The files of a bundle."""
    contents = Contents(choice or Choice())
    for entry in book.entries:
        contents.take(entry)
    numbers = [entry.sequence for entry in book.entries if entry.kind == FINDINGS_RECORDED]
    items = [StoredFinding(id="F-1", run="R-1", sequence=number, position=0, text=_FINDING) for number in numbers]
    extra = [text_file("README.txt", "read me\n"), text_file("verify.py", "pass\n")]
    extra += [_attachment(body) for body in attachments]
    parts = bundle_files(
        contents, contents.findings(items), extra, about={"made_by": "tests", **(about or {})}, key=key
    )
    return {part.name: b"".join(part.chunks()) for part in parts}


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A zip file whose frame is right."""
    return b"".join(zipped([_part(name, body) for name, body in files.items()]))


def indexed(files: Files) -> Files:
    """With an index that fits again, as a tamperer without the key can make it: signed as before, and so wrongly."""
    note = files["index.note"].decode()
    text, gap, signatures = note.rpartition("\n\n— ")
    head = (f"{text}\n" if gap else note).split("\n")[:4]
    lines = [f"{hashlib.sha256(body).hexdigest()} {len(body)} {name}" for name, body in sorted(files.items())
             if name != "index.note"]  # fmt: skip
    fresh = "\n".join([*head, *lines]) + "\n"
    return files | {"index.note": (f"{fresh}\n— {signatures}" if gap else fresh).encode()}


def edited(files: Files, name: str, edit: Callable[[list[Any]], None]) -> Files:
    """With the lines of a file changed, and everything that anybody can mend mended."""
    lines = [json.loads(line) for line in files[name].decode().splitlines()]
    edit(lines)
    return indexed(files | {name: "".join(f"{canonical(line)}\n" for line in lines).encode()})


def _attachment(body: bytes) -> BundleFile:
    return _part(f"attachments/{hashlib.sha256(body).hexdigest()}", body)


def _part(name: str, body: bytes) -> BundleFile:
    return measured_file(name, lambda: (body,))
