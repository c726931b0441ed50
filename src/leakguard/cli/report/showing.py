"""What the commands about reports share: a report with all that follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.cli.options import Context, read_scope
from leakguard.intake.promises import dues_of, erase_by
from leakguard.outputs.intake import ShownReport
from leakguard.use_cases.intake.proposals import ReadScope, open_findings, proposals_for, scope_today
from leakguard.use_cases.intake.reports import duplicates_of

if TYPE_CHECKING:
    from leakguard.intake.view import Report


def scope_if_any(context: Context, path: str | None) -> ReadScope | None:
    """The scope that is named, or that of the settings where there is one; what is not valid today is said so."""
    if path is None and not Path(context.wiring.settings.scope).exists():
        return None
    name, text = read_scope(context, path)
    return scope_today(text, name=name, now=context.wiring.now())


def shown(context: Context, report: Report, *, scope: ReadScope | None) -> ShownReport:
    """A report with its promises, its duplicates and what of it can be probed."""
    wiring = context.wiring
    store, promises = wiring.existing_store, wiring.promises()
    known = open_findings(store) if scope is not None and report.named else ()
    return ShownReport(
        report=report, dues=dues_of(report, promises, now=wiring.now(), zone=wiring.settings.zone),
        proposals=proposals_for(report, scope, known), erase_by=erase_by(report, promises.retention),
        duplicates=tuple(duplicate.id for duplicate in duplicates_of(store, report.id)),
        is_sender_withheld=is_sender_withheld(context),
    )  # fmt: skip


def is_sender_withheld(context: Context) -> bool:
    """Whether an account is logged in that may not read who sent a report; asked once the store is open."""
    caller = context.wiring.caller
    return caller is not None and not caller.may(Right.READ_REPORTERS)


def kept_text(context: Context, sha256: str) -> str:
    """The text of a report; nothing where it was erased or lies elsewhere."""
    kept = context.wiring.kept_files()
    return b"".join(kept.chunks(sha256)).decode("utf-8", "replace") if sha256 and kept.has(sha256) else ""
