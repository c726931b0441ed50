"""Writing scope files: a new one, and assets added to one without touching its comments."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leakguard.errors import UsageProblem
from leakguard.scanning.scope_file import parse_entry

_LIST = re.compile(r"^(include|exclude|decoys):[ \t]*(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDraft:
    """What a new scope file says."""

    name: str
    organisation: str
    contact: str
    approved_by: str
    approved_at: date
    valid_from: date
    valid_until: date
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def new_scope(draft: ScopeDraft) -> str:
    """The text of a scope file; raises `UsageProblem` for an asset that is none."""
    _check((*draft.include, *draft.exclude))
    owner = {
        "organisation": draft.organisation,
        "contact": draft.contact,
        "approved_by": draft.approved_by,
        "approved_at": draft.approved_at.isoformat(),
    }
    return (
        "# What may be probed, by whose permission, until when. Nothing outside it is ever touched.\n"
        f"scope: {_quoted(draft.name)}\n"
        f"owner: {_flow_map(owner)}\n"
        f"valid: {{from: {draft.valid_from}, until: {draft.valid_until}}}\n"
        f"include: {_flow_list(draft.include)}\n"
        f"exclude: {_flow_list(draft.exclude)}   # exclusion always wins\n"
        "limits: {total: 500/s, per_host: 5/s}\n"
        "decoys: []   # our own honeypots: reported as decoys, never as leaks\n"
    )


def add_assets(text: str, field: str, assets: Sequence[str]) -> str:
    """The same file with `assets` behind those of `field`; raises `UsageProblem` where the file is too unusual."""
    _check(assets)
    for found in _LIST.finditer(text):
        if found[1] == field:
            return _add_to(text, found, assets)
    return text.rstrip("\n") + f"\n{field}: {_flow_list(assets)}\n"


def _add_to(text: str, found: re.Match[str], assets: Sequence[str]) -> str:
    rest = found[2]
    if rest.startswith("["):
        end = _closing_bracket(text, found.start(2))
        inside = text[found.start(2) + 1 : end].strip()
        joined = ", ".join([*([inside.rstrip(",")] if inside else []), *(_quoted(asset) for asset in assets)])
        return f"{text[: found.start(2)]}[{joined}]{text[end + 1 :]}"
    if rest and not rest.startswith("#"):
        raise UsageProblem(
            f"`{found[1]}` is neither a list in brackets nor a list of lines", next_step="Add the asset by hand."
        )
    lines = "".join(f"\n  - {_quoted(asset)}" for asset in assets)
    return text[: found.end()] + lines + text[found.end() :]


def _closing_bracket(text: str, start: int) -> int:
    """Where the list that opens at `start` ends; brackets in quotes (`"[::1]"`) do not count."""
    quote = ""
    for position in range(start + 1, len(text)):
        letter = text[position]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "]":
            return position
    raise UsageProblem("the list has no closing bracket", next_step="Mend the file, then add the asset again.")


def _check(assets: Sequence[str]) -> None:
    for asset in assets:
        try:
            parse_entry(asset)
        except ValueError as error:
            raise UsageProblem(
                f"`{asset[:100]}`: {error}",
                next_step="Write an address, a network, a name, `*.name`, `s3://bucket` or `aws://123456789012`.",
            ) from error


def _flow_list(items: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(item) for item in items) + "]"


def _flow_map(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in values.items()) + "}"


def _quoted(text: str) -> str:
    """As YAML text: bare where that is safe, else in double quotes (JSON's quoting is YAML's)."""
    return text if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9./_-]*", text) else json.dumps(text, ensure_ascii=False)
