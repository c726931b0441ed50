"""`leakguard scan --aws`: our own accounts from the owner's side."""

from __future__ import annotations

import json
from functools import partial

from leakguard.cli.options import Context, load_scope
from leakguard.cli.scan.by_fleet import is_for_fleet
from leakguard.cli.scan.inspection_options import permit_closer_look
from leakguard.cli.scan.printing import conclude_scan, mutes_of
from leakguard.cli.scan.progress import progress_for
from leakguard.cli.scan.scan_options import Options, names_in, wish_of
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output
from leakguard.outputs.words import counts_line
from leakguard.use_cases.owners.scan_cloud import CloudOptions, CloudSummary, scan_cloud

_ALONE = {
    "targets": "TARGET", "targets_file": "--targets", "resume": "--resume", "dry_run": "--dry-run",
    "explain": "--explain", "metrics": "--metrics", "wait": "--wait",
    "imports": "--from-...",
}  # fmt: skip
"""What makes no sense for accounts, and how it is written."""


def aws_cmd(context: Context, asked: Options) -> ExitCode:
    """Print the policy, or look at the accounts; raises `UsageProblem` for what does not go together."""
    if asked.aws_policy:
        write_text(json.dumps(context.wiring.cloud_policy(), indent=2) + "\n", asked.output, Output.CONFIGURATION)
        return ExitCode.CLEAN
    options = _wish(asked)
    if is_for_fleet(context, options.outside):
        raise UsageProblem("--aws looks from this machine alone", next_step="Leave --vantage out, or name one place.")
    scope = load_scope(context, asked.scope)
    permit_closer_look(context, options.outside, scope, asked)
    mutes = mutes_of(context, asked.mutes)
    summary = scan_cloud(options, scope, context.wiring, partial(progress_for, context, asked.progress))
    code = conclude_scan(context, summary.both, asked.output_format, asked.output, mutes=mutes)
    _remark(context, summary)
    return code


def _wish(asked: Options) -> CloudOptions:
    profiles, regions = names_in(asked.aws), names_in(asked.aws_region)
    if not profiles:
        raise UsageProblem("--aws names no profile", next_step="Write: leakguard scan --aws PROFILE")
    wrong = [name for name in _ALONE if getattr(asked, name)]
    if wrong:
        raise UsageProblem(
            f"--aws finds its targets itself, and does not go with {', '.join(_ALONE[name] for name in wrong)}",
            next_step="Scan them in a command of their own.",
        )
    return CloudOptions(profiles=profiles, regions=regions, outside=wish_of(asked))


def _remark(context: Context, summary: CloudSummary) -> None:
    """What the table does not say: the look from outside, and which permissions are missing."""
    say = partial(context.notes.print)
    if summary.outside is not None:
        say(f"From outside, run {summary.outside.run}: {counts_line(summary.outside.counts)}")
    for permission, count in sorted(summary.missing.items()):
        say(f"Missing permission {permission}: {count} {'answer' if count == 1 else 'answers'} not known")
    if summary.missing:
        say("The policy that a role needs: leakguard scan --aws-policy")
    if summary.owner.is_interrupted:
        say("Interrupted; what was found is kept, and the rest was not looked at.")
