"""The library: all check files together, refused together when any of them is broken.

The checks are kept as they were read from their files, so that a scan need not read 139 files of YAML again.
Each check stands with a digest of its file's text: a file that changed since is read anew.
What is kept is data, and no question in it is believed to be harmless because it was once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from leakguard.checks.conditions import Stated
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.requests import IDENTIFY_BYTES, refused_distinct, refused_note, refused_request
from leakguard.errors import BadFile, Problem


def load_library(texts: Mapping[str, str], compiled: bytes | str = "") -> tuple[CheckDefinition, ...]:
    """Read check files by name, sorted by id; raises `BadFile` with the problems of all of them.

    `compiled` is what `compile_library` made of them, or of an older state of them, or nothing.
    """
    known = stated_in(compiled, texts) if compiled else {}
    found: dict[str, CheckDefinition] = {}
    problems: list[Problem] = []
    for name, text in sorted(texts.items()):
        try:
            definition = CheckDefinition(known[name]) if name in known else parse_check(text, name=name)
        except BadFile as bad:
            problems.extend(_in_file(name, problem) for problem in bad.problems)
            continue
        problems.extend(_in_file(name, problem) for problem in _library_problems(definition, name, found))
        found[definition.id] = definition
    if problems:
        raise BadFile("checks", tuple(problems))
    return tuple(found[check_id] for check_id in sorted(found))


def compile_library(texts: Mapping[str, str]) -> str:
    """The check files in a form that is read at once; raises `BadFile`."""
    return to_compiled(texts, {name: parse_check(text, name=name).stated for name, text in texts.items()})


def ports_of(library: Iterable[CheckDefinition]) -> tuple[int, ...]:
    """Every default port of the checks, sorted, each once."""
    return tuple(sorted({port for definition in library for port in definition.probe.ports}))


def _library_problems(definition: CheckDefinition, name: str, found: Mapping[str, CheckDefinition]) -> list[Problem]:
    problems = []
    if definition.id in found:
        problems.append(Problem(where="id", text="another check file has this id"))
    if name.rpartition("/")[2].removesuffix(".yaml") != definition.id:
        problems.append(Problem(where="id", text="the file must be named after its id"))
    return problems


def _in_file(name: str, problem: Problem) -> Problem:
    where = f"{name}: {problem.where}" if problem.where else name
    return Problem(where=where, text=problem.text, line=problem.line, nearest=problem.nearest)


def parse_check(text: str, *, name: str) -> CheckDefinition:
    """Read one check file; raises `BadFile` with every problem, its line and the nearest known name."""
    from leakguard.checks.shapes import read_check  # noqa: PLC0415  (a scan needs no shape of a file)

    return CheckDefinition(read_check(text, name=name))


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
