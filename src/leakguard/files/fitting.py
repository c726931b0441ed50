"""Fits plain values into file shapes, and turns what does not fit into problems of the file; loads no pydantic."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from leakguard.errors import BadFile, Problem
from leakguard.files.names import nearest_name
from leakguard.files.read_text import Path, ReadText, dotted
from leakguard.files.yaml_text import reading_yaml

if TYPE_CHECKING:
    from pydantic import ValidationError


class FileShape(Protocol):
    """What a file may hold: a `Shape`, or a `LightShape`, for which pydantic need not be loaded."""

    @classmethod
    def model_validate(cls, obj: Any, /) -> Self:  # noqa: ANN401  (a file holds anything)
        """Read plain values; raises pydantic's `ValidationError`."""


ShapeType = TypeVar("ShapeType", bound=FileShape)
AnyShape = type[Any]
"""A shape, of which pydantic tells the fields."""
_ROUNDS = 10
"""How often what does not fit is dropped; the second round already drops what the first one uncovered."""


def load(text: str, shape: type[ShapeType], *, name: str) -> ShapeType:
    """Read YAML text into `shape`; raises `BadFile` with all problems, their lines and the nearest names."""
    with reading_yaml(text, name=name) as read:
        return fit(read, shape, name=name)


def fit(read: ReadText, shape: type[ShapeType], *, name: str) -> ShapeType:
    """Fit values that were already read into `shape`."""
    if not isinstance(read.value, dict):
        raise BadFile.whole(name, "the file must be a mapping of fields", line=1)
    try:
        return shape.model_validate(read.value)
    except ValueError as error:
        raise BadFile(name, problems_of(error, read, shape)) from error


def fitting_part(read: ReadText, shape: type[ShapeType]) -> ShapeType | None:
    """What is left when all that does not fit is dropped, so that a file's other problems are named in the same run.

    `None` where too little is left, as when a field is missing that the shape cannot do without.
    """
    value = copy.deepcopy(read.value)
    for _ in range(_ROUNDS if isinstance(value, dict) else 0):
        try:
            return shape.model_validate(value)
        except ValueError as error:
            misfits = tuple(_misfits(error, value))
            if not all(misfits):
                return None
            for path in misfits:
                _drop(path, value)
    return None


def _misfits(error: ValueError, value: object) -> Iterator[Path]:
    """Where something does not fit; what lacks a field is that as a whole, and the whole file is an empty path."""
    for item in _of_pydantic(error).errors(include_url=False, include_context=False, include_input=False):
        path = _real_path(item["loc"], value)
        yield path[:-1] if item["type"] == "missing" else path


def _drop(path: Path, value: Any) -> None:  # noqa: ANN401  (YAML holds anything)
    """Take away what lies at `path`: a field, or the whole list that holds it, so that no number shifts."""
    first, *rest = path
    inner = value.get(first)
    if rest and isinstance(inner, dict):
        _drop(tuple(rest), inner)
    else:
        value.pop(first, None)


def problems_of(error: ValueError, read: ReadText, shape: AnyShape) -> tuple[Problem, ...]:
    """Turn pydantic's errors into ours; the file's own values are never repeated in them."""
    problems = []
    items = _of_pydantic(error).errors(include_url=False, include_context=True, include_input=False)
    around = {item["loc"][:length] for item in items for length in range(len(item["loc"]))}
    names: dict[tuple[int | str, ...], list[str]] = {}
    for item in items:
        if item["type"] == "too_short" and item["loc"] in around:
            continue  # its entries are there, and are named themselves
        path = _real_path(item["loc"], read.value)
        nearest = None
        text = str(item["msg"]).removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            text = "unknown field"
            place = item["loc"][:-1]
            names[place] = names.get(place) or _known_names(place, shape)
            nearest = nearest_name(str(item["loc"][-1]), names[place])
        elif item["type"] == "literal_error":
            nearest = nearest_name(str(_value_at(path, read.value)), _LITERAL.findall(str(item["ctx"]["expected"])))
        elif item["type"] == "string_pattern_mismatch":
            text = _PATTERNS.get(str(item["ctx"]["pattern"]), text)
        elif item["type"] == "string_type" and _value_at(path, read.value) is None:
            text = "is empty; write a text behind it"
        elif item["type"] in _PLAIN:
            text = _PLAIN[item["type"]]
        problems.append(Problem(where=dotted(path), text=text, line=read.line_of(path), nearest=nearest))
    return tuple(dict.fromkeys(problems))


_PLAIN = {
    "missing": "this field is missing",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of fields",
    "model_type": "must be a mapping of fields",
    "string_type": "must be text; put it in quotes",
    "bool_type": "must be true or false",
    "too_short": "must have at least one entry",
}
"""What pydantic says of types speaks of Python; whoever writes YAML has never seen a tuple."""

_VARIABLE = "must be the name of an environment variable, such as LEAKGUARD_SMTP_PASSWORD"
_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,39}$": "must be a name of small letters, digits and `_`, such as close_port, 40 at most",
    r"^[a-z][a-z0-9-]{0,59}$": "must be a name of small letters, digits and `-`, such as our-own-24h, 60 at most",
    r"^\d{4}-\d{2}-\d{2}$": "must be a day, such as 2026-05-23",
    r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$": "must be a name of letters, digits, `_`, `.` and `-`, 60 at most",
    r"^[A-Z_][A-Z0-9_]{0,99}$": _VARIABLE,
    r"^([A-Z_][A-Z0-9_]{0,99})?$": _VARIABLE,
    r"^([!-;=?-~]+@[!-;=?-~]+)?$": "must be an e-mail address, such as bounces@example.edu",
    r"^([A-Za-z][A-Za-z0-9-]{0,60})?$": "must be the name of a header, such as X-Forwarded-User",
    r"^ed25519:[A-Za-z0-9+/]{43}=( [a-z0-9][a-z0-9,-]{0,400})?$": (
        "must be a public key as `leakguard fleet key init` prints it; behind it, on a coordinator, its vantages"
    ),
}
"""What the commonest names look like, for whoever reads no regular expressions."""

_LITERAL = re.compile(r"'([^']*)'")


def _value_at(path: Path, value: Any) -> Any:  # noqa: ANN401  (YAML holds anything)
    """The value there, or the one around it: the name of one of several types of a field is no place of a file."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    return value


def _real_path(loc: tuple[int | str, ...], value: Any) -> Path:  # noqa: ANN401  (YAML holds anything)
    """Drop the parts of pydantic's location that are names of union members, not of fields."""
    path: list[str | int] = []
    here = value
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(here, dict) and (part in here or last):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _of_pydantic(error: ValueError) -> ValidationError:
    """A shape refuses with nothing else."""
    return cast("ValidationError", error)


def _known_names(loc: tuple[int | str, ...], shape: AnyShape) -> list[str]:
    """The field names at `loc`: walks the shapes as far as they can be followed."""
    shapes: list[AnyShape] = [shape]
    for part in loc:
        followed: list[AnyShape] = []
        for candidate in shapes:
            if isinstance(part, str) and part == candidate.__name__:
                followed.append(candidate)
                continue
            for field_name, info in candidate.model_fields.items():
                if part in {field_name, info.alias}:
                    followed.extend(_shapes_in(info.annotation))
        shapes = followed or shapes
    return [info.alias or field_name for found in shapes for field_name, info in found.model_fields.items()]


def _shapes_in(annotation: Any) -> list[AnyShape]:  # noqa: ANN401  (a type expression)
    """Every shape that a type expression mentions."""
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return [annotation]
    found: list[AnyShape] = []
    for part in getattr(annotation, "__args__", ()):
        found.extend(_shapes_in(part))
    return found
