"""The names of a CACAO 2.0 document: ids, timestamps, variables, and the extension that carries our own fields.

Everything follows from the playbook's own fields, so exporting twice gives the same bytes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

NAMESPACE = UUID("6f0ff8e0-5d3c-4b0f-9a6c-2a9a3a1f7b54")
"""Ours: CACAO keeps `aa7caf3a-...` for ids made of name and types, and a title may change between two versions."""
ID = re.compile(
    r"[a-z][a-z0-9-]+[a-z0-9]--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
"""Section 10.10 of CACAO 2.0: the type, two hyphens, an RFC 4122 UUID."""
EXTENSION = f"extension-definition--{uuid5(NAMESPACE, 'leakguard-playbook')}"
EXTENSION_VERSION, FIRST_VERSION = "1.1.0", "1.0.0"
"""What is written, and what is read as well: its loops had other conditions."""
CREATED_BY = f"identity--{uuid5(NAMESPACE, 'leakguard')}"
INCIDENT, FINDINGS = "__incident__", "__findings__"
_FIRST_VERSION = datetime(2026, 1, 1, tzinfo=UTC)
_LAST_SECOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def playbook_id(name: str) -> str:
    """The same for all versions, as CACAO asks."""
    return f"playbook--{uuid5(NAMESPACE, f'playbook/{name}')}"


def object_id(kind: str, playbook: str, key: str) -> str:
    """The id of a step or an agent; it has the form of version 4, which CACAO asks of steps, but no chance in it."""
    digest = sha256(NAMESPACE.bytes + f"{kind}/{playbook}/{key}".encode()).digest()
    return f"{kind}--{UUID(bytes=digest[:16], version=4)}"


def timestamps(version: int) -> tuple[str, str]:
    """`created` and `modified`: versions of one playbook are ordered by the second, since no clock is read here."""
    seconds = min(version - 1, (_LAST_SECOND - _FIRST_VERSION) // timedelta(seconds=1))
    return _text(_FIRST_VERSION), _text(_FIRST_VERSION + timedelta(seconds=seconds))


def variable(step: str, field: str) -> str:
    """The variable that holds an answer; the hyphen keeps `a_b` + `c` and `a` + `b_c` apart."""
    return f"__{step}-{field}__"


def definition(schema: str) -> dict[str, Any]:
    """The extension definition; `schema` is the JSON schema of what it holds, as text."""
    return {
        "type": "extension-definition",
        "name": "LeakGuard playbook",
        "description": "Clocks with legal deadlines, roles, evidence, forms, second persons, bounds of loops, and the "
        "exact graph of the steps, where parallel branches of CACAO wait for more than the playbook asks.",
        "created_by": CREATED_BY,
        "schema": schema,
        "version": EXTENSION_VERSION,
    }


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
