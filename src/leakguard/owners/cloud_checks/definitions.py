"""Definitions of cloud checks: what `cloud_checks/*.yaml` states about one kind of resource, as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, StringConstraints

from leakguard.checks.expressions import refused_expression
from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load
from leakguard.models.findings import Access, Outcome, Severity

ShapeType = TypeVar("ShapeType", bound=Shape)
SHARED = "shared"
"""The folder of rules that several checks use."""
_ID = re.compile(r"^id\s*:", re.MULTILINE)
_RESOURCE = re.compile(r"^resource\s*:", re.MULTILINE)


def _compiles(text: str) -> str:
    if refusal := refused_expression(text):
        raise ValueError(refusal)
    return text


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]
Expression = Annotated[str, AfterValidator(_compiles)]


class Rule(Shape):
    """If `when` holds, what it means; the first rule that holds decides."""

    when: Expression = "`true`"
    """A JMESPath expression over what is known of the resource; a value that is missing is null."""
    then: Outcome
    severity: Severity = Severity.NONE
    access: Access = Access.NONE
    reason: Words
    """With `{name}` for values that are known."""
    needs: tuple[str, ...] = ()
    """Values without which an exposure cannot be claimed either."""


class RuleBook(Shape):
    """Rules that several checks share."""

    rules: tuple[Rule, ...] = Field(min_length=1)


class CloudCheck(Shape):
    """One check over one kind of resource."""

    id: Slug
    version: int = Field(ge=1)
    title: Words
    datastore: Slug
    resource: Slug
    """The kind of resource that it judges."""
    lifecycle: Annotated[str, StringConstraints(pattern="^(stable|experimental)$")] = "stable"
    why: Words
    rules: tuple[Rule, ...] = ()
    rules_of: str | None = None
    """The name of a file in `shared/` whose rules come behind these."""
    remediation: Words
    references: tuple[Link, ...] = Field(min_length=1)


def is_cloud_check(name: str, text: str) -> bool:
    """Whether a file is for this package: it holds shared rules, or names a resource where others have a probe."""
    return _is_rule_book(name, text) or _RESOURCE.search(text) is not None


def _is_rule_book(name: str, text: str) -> bool:
    """Whether a file holds rules that several checks share; a check may lie in some folder of that name, too."""
    return f"/{name}".rpartition("/")[0].endswith(f"/{SHARED}") and _ID.search(text) is None


def load_cloud_checks(texts: Mapping[str, str]) -> tuple[CloudCheck, ...]:
    """Read the files by name, sorted by id, with shared rules in their place; raises `BadFile` with all problems."""
    problems: list[Problem] = []
    shared = {name for name, text in texts.items() if _is_rule_book(name, text)}
    books = {_file(name): _read(texts[name], RuleBook, name, problems) for name in texts if name in shared}
    found: dict[str, CloudCheck] = {}
    for name, text in sorted(texts.items()):
        check = None if name in shared else _read(text, CloudCheck, name, problems)
        if check is not None:
            book = books.get(f"{check.rules_of}.yaml")
            problems += _problems(check, name, found, has_book=book is not None)
            found[check.id] = check.model_copy(update={"rules": (*check.rules, *(book.rules if book else ()))})
    if problems:
        raise BadFile("cloud_checks", tuple(problems))
    return tuple(found[identifier] for identifier in sorted(found))


def _file(name: str) -> str:
    return name.rpartition("/")[2]


def kinds_of(checks: Iterable[CloudCheck]) -> frozenset[str]:
    """The kinds of resources that have to be asked for."""
    return frozenset(check.resource for check in checks)


def _read(text: str, shape: type[ShapeType], name: str, problems: list[Problem]) -> ShapeType | None:
    try:
        return load(text, shape, name=name)
    except BadFile as bad:
        problems += [
            Problem(where=f"{name}: {problem.where}", text=problem.text, line=problem.line, nearest=problem.nearest)
            for problem in bad.problems
        ]
        return None


def _problems(check: CloudCheck, name: str, found: Mapping[str, CloudCheck], *, has_book: bool) -> list[Problem]:
    texts = []
    if check.id in found or f"{check.id}.yaml" != _file(name):
        texts.append("the file must be named after its id, and no other may have it")
    if check.rules_of is not None and not has_book:
        texts.append("there is no such file of shared rules")
    if check.rules_of is None and not check.rules:
        texts.append("it has no rules")
    return [Problem(where=name, text=text) for text in texts]
