"""Reading: the files of `shipped/`, refused with every problem of a file at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load
from leakguard.shipped.forms import BackendForm, KeyForm, SecretForm, ShippedForms

SECRETS, BACKENDS = "secrets.yaml", "backends.yaml"
_GROUP = re.compile(r"\{([a-z]+)\}")


def _compiles(text: str) -> str:
    try:
        re.compile(text.encode())
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return text


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=300)]
Literals = Annotated[tuple[Annotated[str, StringConstraints(min_length=3, max_length=60)], ...], Field(min_length=1)]
Expression = Annotated[str, StringConstraints(max_length=400), AfterValidator(_compiles)]


class _SecretShape(Shape):
    id: Slug
    title: Line
    starts: Literals
    form: Expression
    alone: bool = False
    claims: dict[str, str] = Field(default_factory=dict)
    not_with: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    opens: Line
    replace: Line
    source: Link
    verified_on: date


class _SecretsShape(Shape):
    version: int = Field(ge=1)
    secrets: tuple[_SecretShape, ...] = Field(min_length=1)


class _BackendShape(Shape):
    id: Slug
    title: Line
    contains: Literals
    form: Expression
    entry: Line
    beside: Literals | None = None
    is_asked: bool = True
    advice: Line
    source: Link
    verified_on: date


class _KeyShape(Shape):
    id: Slug
    title: Line
    starts: Literals
    form: Expression
    claims: dict[str, str] = Field(default_factory=dict)


class _BackendsShape(Shape):
    version: int = Field(ge=1)
    backends: tuple[_BackendShape, ...] = Field(min_length=1)
    keys: tuple[_KeyShape, ...] = ()


def parse_forms(texts: Mapping[str, str]) -> ShippedForms:
    """The forms from the files by name; raises `BadFile` with every problem of a file."""
    secrets = load(texts[SECRETS], _SecretsShape, name=SECRETS).secrets
    stated = load(texts[BACKENDS], _BackendsShape, name=BACKENDS)
    backends = stated.backends
    _refuse(SECRETS, _twice([secret.id for secret in secrets]))
    named = [*(backend.id for backend in backends), *(key.id for key in stated.keys)]
    _refuse(BACKENDS, [*_twice(named), *_groups_without(backends)])
    return ShippedForms(
        secrets=tuple(map(_secret, secrets)), backends=tuple(map(_backend, backends)),
        keys=tuple(map(_key, stated.keys)),
    )  # fmt: skip


def _secret(stated: _SecretShape) -> SecretForm:
    examples = {group: frozenset(value.encode() for value in values) for group, values in stated.not_with.items()}
    return SecretForm(
        id=stated.id, title=stated.title, starts=_bytes(stated.starts), form=re.compile(stated.form.encode()),
        alone=stated.alone, claims=stated.claims, not_with=examples, opens=stated.opens, replace=stated.replace,
        source=stated.source, verified_on=stated.verified_on,
    )  # fmt: skip


def _backend(stated: _BackendShape) -> BackendForm:
    return BackendForm(
        id=stated.id, title=stated.title, contains=_bytes(stated.contains), form=re.compile(stated.form.encode()),
        entry=stated.entry, beside=_bytes(stated.beside or ()), is_asked=stated.is_asked, advice=stated.advice,
        source=stated.source, verified_on=stated.verified_on,
    )  # fmt: skip


def _key(stated: _KeyShape) -> KeyForm:
    return KeyForm(
        id=stated.id, title=stated.title, starts=_bytes(stated.starts), form=re.compile(stated.form.encode()),
        claims=stated.claims,
    )  # fmt: skip


def _bytes(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _twice(names: list[str]) -> list[str]:
    return [f"`{name}` stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1]


def _groups_without(backends: tuple[_BackendShape, ...]) -> list[str]:
    """What an entry wants that its form does not give."""
    return [
        f"the entry of `{backend.id}` names `{group}`, which its form does not give"
        for backend in backends
        for group in _GROUP.findall(backend.entry)
        if group not in re.compile(backend.form.encode()).groupindex
    ]


def _refuse(name: str, wrong: list[str]) -> None:
    """Raise `BadFile` where anything is wrong with the file as a whole."""
    if wrong:
        raise BadFile(name, tuple(Problem(where="", text=text) for text in wrong))
