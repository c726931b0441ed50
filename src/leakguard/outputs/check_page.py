"""The page of a check, made from its definition alone: why, what is asked, how it is judged, how it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.requests import RequestDefinition
from leakguard.checks.wording import condition_words


def check_page(check: CheckDefinition) -> str:
    """Markdown."""
    return "\n".join(_lines(check)) + "\n"


def check_index(checks: Iterable[CheckDefinition]) -> str:
    """The table of all pages, in Markdown."""
    rows = (
        f"| [{one.id}]({one.id}.md) | {one.datastore} | {cell(one.title)} | "
        f"{', '.join(map(str, one.probe.ports))} | {one.lifecycle} |"
        for one in checks
    )
    head = ("# Checks", "", "| check | datastore | finds | ports | state |", "| --- | --- | --- | --- | --- |")
    return "\n".join((*head, *rows)) + "\n"


def _lines(check: CheckDefinition) -> Iterator[str]:
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
        yield from (f"- `{name}`: {condition_words(one)}" for name, one in check.conditions.items())
    if check.fallback:
        yield "\nJudged only where no other check of this kind applied."
    yield from _sizes(check)
    yield f"\n## How it is mended\n\n{check.remediation_on()}\n"
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
