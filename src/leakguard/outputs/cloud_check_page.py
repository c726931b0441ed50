"""The page of a check of the owner's side, made from its definition alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.outputs.check_page import cell
from leakguard.owners.cloud_checks.definitions import CloudCheck


def cloud_check_page(check: CloudCheck) -> str:
    """Markdown."""
    return "\n".join(_lines(check)) + "\n"


def cloud_check_index(checks: Iterable[CloudCheck]) -> str:
    """The table of all pages, in Markdown."""
    rows = (
        f"| [{one.id}]({one.id}.md) | {one.datastore} | {cell(one.title)} | {_kind(one)} | {one.lifecycle} |"
        for one in checks
    )
    head = ("# Checks of the owner's side", "", "| check | datastore | finds | judges each | state |")
    return "\n".join((*head, "| --- | --- | --- | --- | --- |", *rows)) + "\n"


def _lines(check: CloudCheck) -> Iterator[str]:
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
    yield f"\n## How it is mended\n\n{check.remediation}\n"
    yield "## References\n"
    yield from (f"- <{reference}>" for reference in check.references)


def _kind(check: CloudCheck) -> str:
    return check.resource.replace("_", " ")
