"""`leakguard scan`: scans by itself, and shows, compares and verifies what scans found."""

from __future__ import annotations

from typing import Any

import click

from leakguard.cli.lazy import LazyGroup
from leakguard.errors import OutOfScope, ScopeRefused


class ScanGroup(LazyGroup):
    """`leakguard scan 192.0.2.7` is a scan; `leakguard scan show RUN` is not a target called `show`."""

    by_itself = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Everything that is not one of the named commands goes to the scan itself."""
        if not args or args[0] not in self._lazy:
            args = [self.by_itself, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (what the command returns)
        """A target that may not be probed may be a command that was misspelt."""
        word = ctx.args[0] if ctx.args else ""
        try:
            return super().invoke(ctx)
        except (OutOfScope, ScopeRefused) as error:
            near = self.nearest(word)
            if near is not None:
                error.next_step = f"Did you mean `{ctx.command_path} {near}`? {error.next_step}"
            raise


@click.command(
    cls=ScanGroup,
    lazy={
        "run": ("leakguard.cli.scan.run:run_cmd", "Scan targets (the word `run` may be omitted)."),
        "show": ("leakguard.cli.scan.show:show_cmd", "Show a stored run or one finding."),
        "diff": ("leakguard.cli.scan.diff:diff_cmd", "Compare two runs."),
        "note": ("leakguard.cli.scan.note:note_cmd", "Read a ransom note. Keep only its addresses and a hash."),
        "mute": ("leakguard.cli.scan.mute:mute_cmd", "Accept the risk of an open finding until a given day."),
        "unmute": ("leakguard.cli.scan.unmute:unmute_cmd", "End the mute of a finding before its day."),
        "verify": ("leakguard.cli.scan.verify:verify_cmd", "Probe findings again, to prove closure."),
    },
)
def scan_group() -> None:
    """Find exposed data stores: how large they are, which data they hold, and when they were first seen open.

    No record is read unless you ask for a sample (`scan --sample`). `scan note` reads a ransom note.
    """
