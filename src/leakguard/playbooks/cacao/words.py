"""A stranger's words as the lines and names of our playbooks: short, on one line, without control characters."""

from __future__ import annotations

import re
import textwrap
from base64 import b64decode
from collections.abc import Collection, Mapping
from typing import Any

from leakguard.playbooks.cacao.reading import shown

LONGEST_LINE = 400
"""As `words.Line`."""
_VARIABLE = re.compile(r"(__[A-Za-z_][A-Za-z0-9_-]{0,199}__):value")


def lines_of(text: object, known: Mapping[str, Any] | None = None) -> list[str]:
    """The lines of a text, none too long; a variable whose value is `known` is written out."""
    if not isinstance(text, str):
        return []
    filled = _VARIABLE.sub(lambda found: _value(known or {}, found[1], found[0]), text)
    clean = ["".join(letter if letter.isprintable() else " " for letter in line) for line in filled.splitlines()]
    return [part for line in clean for part in textwrap.wrap(line, LONGEST_LINE) if part]


def line_of(text: object, otherwise: str = "") -> str:
    """The same on one line."""
    lines = lines_of(" ".join(lines_of(text)))
    return lines[0] if lines else otherwise


def rest_of(text: object, known: Mapping[str, Any] | None = None) -> list[str]:
    """All lines of a text that does not fit on one; nothing where it does, since `line_of` says it all."""
    lines = lines_of(text, known)
    return lines if len(" ".join(lines)) > LONGEST_LINE else []


def name_of(text: object, taken: Collection[str], *, otherwise: str, joint: str = "_", most: int = 40) -> str:
    """A name of ours that is not `taken`: the letters and digits of `text`, or `otherwise`."""
    plain = re.sub(r"[^a-z0-9]+", joint, str(text).lower()[:LONGEST_LINE]).strip(joint)
    plain = plain[: most - 4].rstrip(joint) if re.match(r"[a-z]", plain) else otherwise
    number, name = 1, plain
    while name in taken:
        number += 1
        name = f"{plain}{joint}{number}"
    return name


def reference_lines(references: object) -> list[str]:
    """A line for each external reference, more where one is long: its name and where it is."""
    found: list[str] = []
    for reference in references if isinstance(references, list) else []:
        if isinstance(reference, dict):
            parts = [
                str(reference[key])
                for key in ("name", "description", "source", "url", "external_id")
                if reference.get(key)
            ]
            found += lines_of(" ".join(dict.fromkeys(parts))) or ["(no name)"]
    return found


def command_text(command: Mapping[str, Any]) -> str | None:
    """What a manual command says; nothing when it cannot be read."""
    plain, coded = command.get("command"), command.get("command_b64")
    if isinstance(plain, str) and coded is None:
        return plain
    if not isinstance(coded, str) or plain is not None:
        return None
    try:
        return b64decode(coded, validate=True).decode()
    except ValueError:
        return None


def _value(known: Mapping[str, Any], name: str, written: str) -> str:
    variable = known.get(name)
    value = variable.get("value") if isinstance(variable, dict) else None
    return shown(value) if isinstance(value, str) and value else written
