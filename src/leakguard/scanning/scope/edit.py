"""Writing scope files: a new one, and assets added to one without touching its comments."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date

from leakguard.errors import BadFile, UsageProblem
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import Frozen
from leakguard.models.places import code_problem
from leakguard.scanning.scope.entries import parse_entry

_LIST = re.compile(r"^(include|exclude|decoys|public):[ \t]*(.*)$", re.MULTILINE)
_ITEM = re.compile(r"(?:[ \t]*(?:#.*)?\n)*([ \t]*)- ")
"""The first item of a list of lines, behind empty lines and comments."""
_EMPTY = re.compile(r"(?:\s|#.*+)*+\]")
"""The end of a list in brackets that holds comments at most."""
_QUIET_EXAMPLE = '{zone: Asia/Shanghai, from: "08:00", to: "18:00", days: [mon, tue, wed, thu, fri]}'
_NEXT_STEP = "Add the asset by hand."


class ScopeDraft(Frozen):
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
    country: str = ""


def new_scope(draft: ScopeDraft) -> str:
    """The text of a scope file; raises `UsageProblem` for an asset that is none or a text that cannot be shown."""
    _check((*draft.include, *draft.exclude))
    owner = {
        "organisation": draft.organisation,
        "contact": draft.contact,
        "approved_by": draft.approved_by,
        "approved_at": draft.approved_at.isoformat(),
    }
    if draft.country:
        _check_country(draft.country)
        owner["country"] = draft.country
    return (
        "# What may be probed, by whose permission, and between which dates. Nothing outside it is ever touched.\n"
        f"scope: {_quoted(draft.name)}\n"
        f"owner: {_flow_map(owner)}\n"
        f"valid: {{from: {draft.valid_from}, until: {draft.valid_until}}}\n"
        f"include: {_flow_list(draft.include)}\n"
        f"exclude: {_flow_list(draft.exclude)}   # exclusion always wins\n"
        "limits: {total: 500/s, per_host: 5/s, per_network: 50/s, per_name: 10/s}   # connections a second\n"
        f"quiet_hours: []   # nothing is probed then: {_QUIET_EXAMPLE}\n"
        "decoys: []   # our own honeypots: reported as decoys, never as leaks\n"
        "sampling: forbidden   # `allowed` permits scan --sample to read a few records of what is open\n"
        "default_accounts: forbidden   # or who allows that root of MariaDB and postgres of PostgreSQL are asked once, "
        "without a password: {allowed_by: Jane Roe, allowed_at: 2026-11-20, until: 2026-12-15}\n"
        "industrial: forbidden   # or who allows, as above, that industrial and medical devices are asked\n"
    )


def add_assets(text: str, field: str, assets: Sequence[str]) -> str:
    """The same file with `assets` before those of `field`; raises `UsageProblem` where the file is too unusual.

    The result is read back: it holds the assets and all that the file held before, or it is not returned.
    """
    _check(assets)
    found = next((found for found in _LIST.finditer(text) if found[1] == field), None)
    added = _add_to(text, found, assets) if found else text.rstrip("\n") + f"\n{field}: {_flow_list(assets)}\n"
    if not _holds(added, text, field, assets):
        raise UsageProblem(f"`{field}` is written in a way that cannot be added to", next_step=_NEXT_STEP)
    return added


def _holds(added: str, before: str, field: str, assets: Sequence[str]) -> bool:
    old = read_yaml(before, name="the scope").value
    try:
        new = read_yaml(added, name="the scope").value
    except BadFile:
        return False
    return isinstance(old, dict) and bool(new == {**old, field: [*assets, *(old.get(field) or [])]})


def _add_to(text: str, found: re.Match[str], assets: Sequence[str]) -> str:
    rest = found[2]
    if rest.startswith("["):
        start = found.start(2) + 1
        joined = ", ".join(_quoted(asset) for asset in assets)
        separator = " " if _EMPTY.match(text, start) and text[start] != "]" else "" if text[start] == "]" else ", "
        return f"{text[:start]}{joined}{separator}{text[start:]}"
    if rest and not rest.startswith("#"):
        raise UsageProblem(f"`{found[1]}` is neither a list in brackets nor a list of lines", next_step=_NEXT_STEP)
    item = _ITEM.match(text, found.end() + 1)
    indent = item[1] if item else "  "
    lines = "".join(f"\n{indent}- {_quoted(asset)}" for asset in assets)
    return text[: found.end()] + lines + text[found.end() :]


def _check(assets: Sequence[str]) -> None:
    for asset in assets:
        try:
            parse_entry(asset)
        except ValueError as error:
            raise UsageProblem(
                f"`{asset[:100]}`: {error}",
                next_step="Write an address, a network, a name, `*.name`, `s3://bucket`, `aws://123456789012`, "
                "`supabase://ref` or a URL.",
            ) from error


def _check_country(text: str) -> None:
    if wrong := code_problem(text):
        near = f" Did you mean {wrong[1]}?" if wrong[1] else ""
        raise UsageProblem(f"--country {wrong[0]}", next_step=f"Write the code of ISO 3166.{near}")


def _flow_list(items: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(item) for item in items) + "]"


def _flow_map(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in values.items()) + "}"


def _quoted(text: str) -> str:
    """As YAML text: bare where that reads back as the same text, else in double quotes (JSON's quoting is YAML's)."""
    if not text.isprintable():
        raise UsageProblem("a text with control characters cannot be part of a scope", next_step="Type it again.")
    is_bare = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9./_-]*", text) and read_yaml(text, name="text").value == text
    return text if is_bare else json.dumps(text, ensure_ascii=False)
