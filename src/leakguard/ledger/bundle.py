"""The files of an evidence bundle, which `verifier/verify.py` of the repository reads without importing LeakGuard.

| file | holds |
| --- | --- |
| `entries.jsonl` | the manifest of each entry in canonical JSON, one a line; the next one names its SHA-256 |
| `contents.jsonl` | contents with their salts; what is left of erased ones; nothing of those that are withheld |
| `findings.jsonl` | findings, whose hashes the contents list |
| `head.note` | the tree head over all entries |
| `proofs.json` | proofs of inclusion for items of evidence, of consistency from earlier heads |
| `stamps/` | time stamps, each with the note that it covers, for other tools |
| `attachments/` | kept copies of evidence, each under its SHA-256 |
| `bundle.json` | what the bundle is about |
| `key.pub` | the public key that signed the notes; missing from a bundle without a signing key |
| `index.note` | the SHA-256 and size of every other file, signed like the head |
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from leakguard.frozen import Frozen
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.ledger.custody import ADDED
from leakguard.ledger.entries import Entry, manifest
from leakguard.ledger.keys import SigningKey
from leakguard.ledger.merkle import Tree
from leakguard.ledger.notes import UNSIGNED, TreeHead, parse_tree_head, text_of, to_note
from leakguard.ledger.plain_zip import BundleFile, measured_file, text_file
from leakguard.ledger.stamps import HEAD_KEPT, HEAD_STAMPED
from leakguard.ledger.stored_findings import FINDINGS_RECORDED, StoredFinding

SCHEMA = "leakguard.bundle/1"


class Choice(Frozen):
    """What a bundle includes."""

    subjects: tuple[str, ...] | None = None
    """The subjects whose contents are included; `None` for all. All manifests are included: proofs need every one."""
    findings: frozenset[str] = frozenset()
    """Findings that are included although they belong to other subjects."""


@dataclass(slots=True)
class Contents:
    """What a bundle takes from the ledger, which is read once, in order."""

    choice: Choice
    entries: list[Entry] = field(default_factory=list)
    included: list[Entry] = field(default_factory=list)
    """The entries whose content is included."""

    def take(self, entry: Entry) -> None:
        """Take the next entry."""
        self.entries.append(entry)
        if self._is_included(entry):
            self.included.append(entry)

    def _is_included(self, entry: Entry) -> bool:
        subjects = self.choice.subjects
        if subjects is None or entry.subject in subjects:
            return True
        if entry.kind != FINDINGS_RECORDED or entry.content is None or not self.choice.findings:
            return False
        listed = from_canonical(entry.content).get("findings") or ()
        return any(finding.get("id") in self.choice.findings for finding in listed)

    def of_kind(self, kind: str) -> Iterator[tuple[Entry, dict[str, Any]]]:
        """The included entries of a kind that are not erased, each with its content."""
        for entry in self.included:
            if entry.kind == kind and entry.content is not None and entry.salt is not None:
                yield entry, from_canonical(entry.content)

    def findings(self, stored: Iterable[StoredFinding]) -> Iterator[StoredFinding]:
        """The findings that are included."""
        numbers = {entry.sequence for entry in self.included}
        wanted = self.choice.findings if self.choice.subjects is not None else None
        subjects = self.choice.subjects or ()
        for finding in stored:
            if finding.sequence in numbers and (wanted is None or finding.id in wanted or finding.run in subjects):
                yield finding


def bundle_files(
    contents: Contents, findings: Iterable[StoredFinding], extra: Sequence[BundleFile], *, about: dict[str, Any],
    key: SigningKey | None,
) -> tuple[BundleFile, ...]:  # fmt: skip
    """All files of a bundle: the ledger's, `extra` ones such as attachments, and the index over them.

    Raises `IndexError` for a ledger without entries, and `KeyError` for a time stamp whose head is not included.
    """
    tree = Tree(bytes.fromhex(entry.hash) for entry in contents.entries)
    head = head_over(tree, contents.entries[-1], key)
    subjects = contents.choice.subjects
    description = {"schema": SCHEMA, "subjects": None if subjects is None else sorted(subjects), **about}
    parts = [
        text_file("entries.jsonl", _lines(manifest(entry) for entry in contents.entries)),
        text_file("contents.jsonl", _lines(map(_content, contents.included))),
        text_file("findings.jsonl", _lines(map(_finding, findings))),
        text_file("head.note", to_note(head.text, key)),
        text_file("proofs.json", canonical(_proofs(contents, tree)) + "\n"),
        text_file("bundle.json", canonical(description) + "\n"),
        *([text_file("key.pub", key.public.text + "\n")] if key else []),
        *_stamps(contents),
        *extra,
    ]
    return (*parts, text_file("index.note", to_note(_index(parts, head, key), key)))


def head_over(tree: Tree, last: Entry, key: SigningKey | None) -> TreeHead:
    """The head of a tree whose last entry is `last`."""
    origin = key.name if key else UNSIGNED
    return TreeHead(size=len(tree), root=tree.root(), hash=last.hash, recorded_at=last.recorded_at, origin=origin)


def _lines(values: Iterable[object]) -> str:
    return "".join(f"{canonical(value)}\n" for value in values)


def _content(entry: Entry) -> dict[str, Any]:
    if entry.salt is not None and entry.content is not None:
        return {"sequence": entry.sequence, "salt": entry.salt, "content": entry.content}
    return {"sequence": entry.sequence, "tombstone": entry.content}


def _finding(stored: StoredFinding) -> dict[str, Any]:
    return {
        "id": stored.id, "run": stored.run, "sequence": stored.sequence, "position": stored.position,
        "text": stored.text,
    }  # fmt: skip


def _index(parts: Sequence[BundleFile], head: TreeHead, key: SigningKey | None) -> str:
    root = base64.b64encode(head.root).decode()
    first = f"{SCHEMA}\n{head.size}\n{root}\n" + (f"signed-by {key.public.text}\n" if key else "unsigned\n")
    ordered = sorted(parts, key=lambda part: part.name)
    return first + "".join(f"{part.sha256} {part.size} {part.name}\n" for part in ordered)


def _proofs(contents: Contents, tree: Tree) -> dict[str, Any]:
    inclusion = [
        {"sequence": entry.sequence, "path": [step.hex() for step in tree.inclusion(entry.sequence - 1)]}
        for entry, _ in contents.of_kind(ADDED)
    ]
    heads = (parse_tree_head(text_of(str(content["note"]))) for _, content in contents.of_kind(HEAD_KEPT))
    consistency = [
        {"size": head.size, "root": head.root.hex(), "path": [step.hex() for step in tree.consistency(head.size)]}
        for head in heads
        if head is not None
    ]
    return {"inclusion": inclusion, "consistency": consistency}


def _stamps(contents: Contents) -> Iterator[BundleFile]:
    notes = {sha256_hex(str(content["note"])): str(content["note"]) for _, content in contents.of_kind(HEAD_KEPT)}
    for entry, content in contents.of_kind(HEAD_STAMPED):
        yield text_file(f"stamps/{entry.sequence}.note", notes[content["note_sha256"]])
        yield measured_file(f"stamps/{entry.sequence}.tsr", partial(_decoded, content["answer"]))


def _decoded(answer: str) -> tuple[bytes, ...]:
    return (base64.b64decode(answer),)
