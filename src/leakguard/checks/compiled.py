"""The checks as they were read from their files, kept so that a scan need not read 139 files of YAML again.

Each check stands with a digest of its file's text: a file that changed since is read anew.
What is kept is data, and no question in it is believed to be harmless because it was once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from leakguard.checks.conditions import Stated
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.requests import IDENTIFY_BYTES, refused_distinct, refused_note, refused_request


def digest_of(text: str) -> str:
    """Tells one text of a check file from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def to_compiled(texts: Mapping[str, str], stated: Mapping[str, Stated]) -> str:
    """What `stated_in` reads: one JSON document, one check a line, so that a change of one shows as one."""
    lines = (
        f"{json.dumps(name)}: {json.dumps([digest_of(texts[name]), stated[name]], separators=(',', ':'))}"
        for name in sorted(texts)
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def stated_in(compiled: bytes | str, texts: Mapping[str, str]) -> Mapping[str, Stated]:
    """What the files state, by name; without those that changed, and without what could harm anybody."""
    try:
        kept = json.loads(compiled)
        return {name: kept[name][1] for name, text in texts.items() if _is_usable(kept.get(name), text)}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return {}


def _is_usable(kept: Any, text: str) -> bool:  # noqa: ANN401  (whatever the file holds)
    return kept is not None and kept[0] == digest_of(text) and _is_harmless(kept[1])


def _is_harmless(stated: Stated) -> bool:
    kind, note, fields = stated["probe"]["kind"], stated.get("ransom", {}).get("note"), stated.get("fields", {})
    questions = (*stated["probe"]["requests"], *fields.get("requests", ()))
    if kind not in PROTOCOLS or any(refused_request(kind, question) for question in questions):
        return False
    if "distinct" in fields and refused_distinct(fields["distinct"]["get"]):
        return False
    return note is None or (refused_note(note["get"]) is None and note.get("cap_bytes", 1) <= IDENTIFY_BYTES)
