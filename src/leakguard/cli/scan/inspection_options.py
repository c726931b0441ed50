"""`--fields` and `--sample`: who may look closer, and that it is said aloud where records are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.cli.scan.scan_options import Options
from leakguard.engine.inspection_options import refuse_unpermitted
from leakguard.errors import UsageProblem
from leakguard.models.scope import Scope
from leakguard.use_cases.scans.run_opening import read_opening
from leakguard.use_cases.scans.start_scan import ScanOptions

if TYPE_CHECKING:
    from leakguard.cli.options import Context


def permit_closer_look(context: Context, options: ScanOptions, scope: Scope, asked: Options) -> None:
    """Raise `ScopeRefused` where the scope does not permit what is asked for; tell loudly where records are read."""
    inspection = options.inspection
    if options.resume is not None and not (inspection or options.is_chosen or asked.explain):
        context.wiring.need_store()
        inspection = read_opening(context.wiring.store, options.resume).inspection
    refuse_unpermitted(inspection, scope)
    if inspection.sample and not asked.dry_run:
        notice = f"READING RECORDS, as the scope permits: at most {inspection.sample} of each open store."
        context.notes.print(notice)


def refuse_closer_look(options: ScanOptions) -> None:
    """Raise `UsageProblem` where workers elsewhere would have to look closer."""
    if options.inspection:
        raise UsageProblem(
            "workers elsewhere look at names of collections alone",
            next_step="Leave --fields and --sample out, or scan from this machine.",
        )
