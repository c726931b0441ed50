"""Checks as data: the page of each, made from its definition alone, a list of them, and one as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.requests import RequestDefinition
from leakguard.checks.wording import condition_words
from leakguard.outputs.terminal import Column, Table
from leakguard.owners.cloud_checks.definitions import CloudCheck

_COLUMNS = (
    Column(heading="ID", is_whole=True), Column(heading="DATASTORE", gives_way=1),
    Column(heading="LIFECYCLE", gives_way=2), Column(heading="PORTS", gives_way=3),
    Column(heading="TITLE", gives_way=4),
)  # fmt: skip
_CLOUD_COLUMNS = (*_COLUMNS[:3], Column(heading="RESOURCE", gives_way=3), _COLUMNS[4])


def checks_table(checks: Iterable[CheckDefinition]) -> Table:
    """A row a check."""
    rows = [
        (check.id, check.datastore, check.lifecycle, ", ".join(map(str, check.probe.ports)), check.title)
        for check in checks
    ]
    return Table(columns=_COLUMNS, rows=tuple(rows))


def check_json(check: CheckDefinition) -> dict[str, Any]:
    """A check of a list as plain values."""
    return {
        "id": check.id, "version": check.version, "datastore": check.datastore, "lifecycle": check.lifecycle,
        "title": check.title, "ports": list(check.probe.ports),
    }  # fmt: skip


def cloud_checks_table(checks: Iterable[CloudCheck]) -> Table:
    """A row a check of the owner's side."""
    rows = [(check.id, check.datastore, check.lifecycle, check.resource, check.title) for check in checks]
    return Table(columns=_CLOUD_COLUMNS, rows=tuple(rows))


def cloud_check_json(check: CloudCheck) -> dict[str, Any]:
    """A check of the owner's side, of a list, as plain values."""
    return {
        "id": check.id, "datastore": check.datastore, "lifecycle": check.lifecycle, "resource": check.resource,
        "title": check.title, "version": check.version,
    }  # fmt: skip


def check_page(check: CheckDefinition) -> str:
    """Markdown."""
    return "\n".join(_page(check)) + "\n"


def check_index(checks: Iterable[CheckDefinition]) -> str:
    """The table of all pages, in Markdown."""
    rows = (
        f"| [{check.id}]({check.id}.md) | {check.datastore} | {cell(check.title)} | "
        f"{', '.join(map(str, check.probe.ports))} | {check.lifecycle} |"
        for check in checks
    )
    head = ("# Checks", "", "| check | datastore | finds | ports | state |", "| --- | --- | --- | --- | --- |")
    return "\n".join((*head, *rows)) + "\n"


def _page(check: CheckDefinition) -> Iterator[str]:
    yield f"# {check.title}"
    yield f"\n`{check.id}`, version {check.version}, {check.lifecycle}, for {check.datastore}\n"
    yield f"{check.why}\n"
    yield "## What is asked\n"
    yield f"Over {check.probe.kind}, by default on {', '.join(map(str, check.probe.ports))}:\n"
    yield from (f"{number}. {_asked(request)}" for number, request in enumerate(check.probe.requests, 1))
    yield "\n## How the answers are judged\n"
    yield "The first rule that holds decides.\n"
    yield "| verdict | reason | when |\n| --- | --- | --- |"
    yield from (
        f"| {rule.then.value.replace('_', ' ')} | {cell(rule.reason)} | {cell(condition_words(rule.when))} |"
        for rule in check.rules
    )
    if check.conditions:
        yield "\nConditions with a name:\n"
        yield from (f"- `{name}`: {condition_words(condition)}" for name, condition in check.conditions.items())
    if check.fallback:
        yield "\nJudged only where no other check of this kind applied."
    yield from _sizes(check)
    yield f"\n## How to fix it\n\n{check.remediation_on()}\n"
    if check.references:
        yield "## References\n"
        yield from (f"- <{reference}>" for reference in check.references)


def _sizes(check: CheckDefinition) -> Iterator[str]:
    if check.measure:
        yield "\n## What is measured\n"
        yield from (f"- {measure.method}" for measure in check.measure)


def _asked(request: RequestDefinition) -> str:
    what = f"{request.verb} {request.get or request.head or request.what or ''}".strip()
    only = f", only if {condition_words(request.only_if)}" if request.only_if.stated else ""
    return f"`{request.id}`: `{what}`{only}"


def cell(text: str) -> str:
    """A text in a table of Markdown."""
    return text.replace("|", "\\|").replace("\n", " ")


def described(check: CheckDefinition) -> Iterator[str]:
    """The check as lines for a person."""
    yield f"{check.id}, version {check.version}, {check.lifecycle}"
    yield f"{check.title}."
    yield f"Why: {check.why}"
    yield ""
    yield f"Asks over {check.probe.kind}, by default on {', '.join(map(str, check.probe.ports))}:"
    yield from (f"  {_asked_words(request)}" for request in check.probe.requests)
    if check.conditions:
        yield "Conditions with a name:"
        yield from (f"  {name}: {condition_words(condition)}" for name, condition in check.conditions.items())
    yield "Judges by the first rule that holds:"
    for rule in check.rules:
        yield f"  {rule.then.value}: {rule.reason}"
        yield f"    when {condition_words(rule.when)}"
    if check.measure:
        yield "Measures:"
        yield from (f"  {measure.method}" for measure in check.measure)
    if check.fallback:
        yield "Judged only where no other check of this kind applied."
    yield ""
    yield f"Remediation: {check.remediation_on()}"
    yield from (f"Reference: {reference}" for reference in check.references)


def _asked_words(request: RequestDefinition) -> str:
    what = request.get or request.head or request.what
    asked = f"{request.id}: {request.verb} {what}".rstrip()
    only_if = request.only_if.stated
    return f"{asked}, only if {condition_words(request.only_if)}" if only_if else asked


def cloud_check_page(check: CloudCheck) -> str:
    """Markdown."""
    return "\n".join(_cloud_page(check)) + "\n"


def cloud_check_index(checks: Iterable[CloudCheck]) -> str:
    """The table of all pages, in Markdown."""
    rows = (
        f"| [{check.id}]({check.id}.md) | {check.datastore} | {cell(check.title)} | {_kind(check)} "
        f"| {check.lifecycle} |"
        for check in checks
    )
    head = ("# Checks of the owner's side", "", "| check | datastore | finds | judges each | state |")
    return "\n".join((*head, "| --- | --- | --- | --- | --- |", *rows)) + "\n"


def _cloud_page(check: CloudCheck) -> Iterator[str]:
    yield f"# {check.title}"
    yield f"\n`{check.id}`, version {check.version}, {check.lifecycle}, for {check.datastore}\n"
    yield f"{check.why}\n"
    yield "## How it is judged\n"
    yield f"Each {_kind(check)} of an account, by the first rule that holds. What may not be asked is never clean.\n"
    yield "| verdict | severity | reason | when |\n| --- | --- | --- | --- |"
    for rule in check.rules:
        verdict = rule.then.value.replace("_", " ")
        when = f"`{cell(rule.when)}`" if rule.when != "`true`" else "nothing above held"
        yield f"| {verdict} | {rule.severity.value} | {cell(rule.reason)} | {when} |"
    yield f"\n## How to fix it\n\n{check.remediation}\n"
    yield "## References\n"
    yield from (f"- <{reference}>" for reference in check.references)


def _kind(check: CloudCheck) -> str:
    return check.resource.replace("_", " ")


def described_owned(check: CloudCheck) -> Iterator[str]:
    """A check of the owner's side as lines for a person."""
    yield f"{check.id}, version {check.version}, {check.lifecycle}"
    yield f"{check.title}."
    yield f"Why: {check.why}"
    yield ""
    yield f"Judges each {check.resource.replace('_', ' ')} of an account by the first rule that holds:"
    for rule in check.rules:
        yield f"  {rule.then.value}, {rule.severity.value}: {rule.reason}"
        yield f"    when {rule.when}"
    yield ""
    yield f"Remediation: {check.remediation}"
    yield from (f"Reference: {reference}" for reference in check.references)
