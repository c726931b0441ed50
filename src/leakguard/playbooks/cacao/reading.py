"""Reads a CACAO document that a stranger may have written: size, depth, shape of its objects, and what is forbidden."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from leakguard.errors import BadFile, Problem
from leakguard.playbooks.cacao.names import ID

MAX_CHARACTERS = 4 * 1024 * 1024
"""As for YAML files; our longest playbook has 50,000 characters as CACAO."""
MAX_DEPTH = 40
MAX_OBJECTS = 2000
"""Workflow steps: 200 of ours need at most 200 actions, and a start, an end or a condition around each."""
MOST_PROBLEMS = 50
"""A file with more than these is no playbook; nobody reads on."""
_DICTIONARIES = (
    "workflow", "agent_definitions", "target_definitions", "playbook_variables", "playbook_extensions",
    "extension_definitions", "data_marking_definitions", "authentication_info_definitions",
)  # fmt: skip
_TEXTS = ("id", "name", "created_by", "created", "modified", "workflow_start")
_NO_IDS = "playbook_variables"
"""The one dictionary whose keys are names that an author chose."""
_KINDS = {"id": "playbook", "created_by": "identity"}
_OTHER_TYPE = "its `type` is not the one in its id"
_EXTENSIONS = ("playbook_extensions", "extension-definition")
"""Their objects have no `type`: what they are stands in the id alone."""


class Refusals:
    """Everything that a document asks for and that cannot be honoured, by the id of the object."""

    def __init__(self, name: str) -> None:
        """`name` is how the user called the file."""
        self._name = name
        self._problems: list[Problem] = []

    def add(self, where: str, text: str) -> None:
        """One construct of one object."""
        self._problems.append(Problem(where=shown(where), text=text))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was refused yet."""
        return not self._problems

    def raise_any(self) -> None:
        """Raises `BadFile` when there is any."""
        found = tuple(dict.fromkeys(self._problems))
        if len(found) > MOST_PROBLEMS:
            more = Problem(where="", text=f"and {len(found) - MOST_PROBLEMS} more")
            found = (*found[:MOST_PROBLEMS], more)
        if found:
            raise BadFile(self._name, found, next_step="Take these out in the tool that wrote it, and import again.")


def read_document(text: str, *, name: str) -> dict[str, Any]:
    """The document as plain values whose dictionaries hold objects; raises `BadFile` with every problem."""
    value = _read_json(text, name)
    refusals = Refusals(name)
    for problem in _shape_problems(value):
        refusals.add(*problem)
    refusals.raise_any()
    return value


def shown(text: object) -> str:
    """A name of a stranger's file as it may be printed: short, on one line, without control characters."""
    line = "".join(letter if letter.isprintable() else "?" for letter in str(text)[:100])
    return line if len(str(text)) <= len(line) else f"{line}..."


def _read_json(text: str, name: str) -> dict[str, Any]:
    problem = "the file must be one JSON object"
    if len(text) > MAX_CHARACTERS:
        raise BadFile.whole(name, f"longer than {MAX_CHARACTERS:,} characters")
    try:
        value = json.loads(text, object_pairs_hook=_no_equal_keys, parse_constant=_no_constant)
        if isinstance(value, dict) and _is_flat(value):
            json.dumps(value, ensure_ascii=False).encode()
            return value
        if isinstance(value, dict):
            problem = f"nested deeper than {MAX_DEPTH} levels"
    except RecursionError:
        problem = f"nested deeper than {MAX_DEPTH} levels"
    except json.JSONDecodeError as error:
        raise BadFile.whole(name, f"not JSON: {error.msg}", line=error.lineno) from error
    except UnicodeEncodeError:
        problem = "holds half of a character; write it out"
    except ValueError as error:
        problem = f"not JSON that can be used: {shown(error)}"
    raise BadFile.whole(name, problem)


def _no_equal_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise ValueError(f"the key `{shown(twice)}` stands there twice")
    return values


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _is_flat(value: object) -> bool:
    """Whether nothing is nested too deep; level by level, without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inner = [
            list(item.values()) if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)
        ]
        level = [child for children in inner for child in children]
        if not level:
            return True
    return False


def _shape_problems(document: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What any CACAO 2.0 document must be before its steps can be looked at."""
    if document.get("type") != "playbook":
        yield "type", "must be `playbook`"
    if document.get("spec_version") != "cacao-2.0":
        yield "spec_version", "must be `cacao-2.0`; no other version can be read"
    for name in _TEXTS:
        yield from _text_problems(name, document)
    for name in _DICTIONARIES:
        yield from _dictionary_problems(name, document.get(name, {}))


def _text_problems(name: str, document: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if not isinstance(document.get(name), str):
        yield name, "this field is missing" if name not in document else "must be text"
    elif name in _KINDS:
        yield from _id_problems(document[name], _KINDS[name], where=name)


def _dictionary_problems(name: str, value: object) -> Iterable[tuple[str, str]]:
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        yield name, "must be a dictionary of objects"
    elif name == "workflow" and not value:
        yield name, "this field is missing, or empty"
    elif len(value) > MAX_OBJECTS:
        yield name, f"has more than {MAX_OBJECTS:,} {'steps' if name == 'workflow' else 'objects'}"
    elif name != _NO_IDS:
        yield from _key_problems(name, value)


def _key_problems(name: str, objects: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Each key is the id of its object, and no two keys are one id: a UUID is the same in capitals."""
    met: set[str] = set()
    for key, value in objects.items():
        yield from _id_problems(key, _EXTENSIONS[1] if name == _EXTENSIONS[0] else value.get("type"), where=key)
        if key.lower() in met:
            yield key, f"is in `{name}` twice, in capitals and in small letters"
        met.add(key.lower())


def _id_problems(text: str, kind: object, *, where: str) -> Iterable[tuple[str, str]]:
    if not ID.fullmatch(text):
        yield where, "is no CACAO identifier (type, two hyphens, UUID)"
    elif text.rpartition("--")[0] != kind:
        yield where, f"begins with another type than {shown(kind)}" if where in _KINDS else _OTHER_TYPE
