"""`leakguard drill run --web`: begins a drill in its folder and serves its console, where people play it."""

from __future__ import annotations

import os
from contextlib import chdir
from importlib import import_module
from typing import TYPE_CHECKING

from leakguard.cli.drill.stage import DrillOptions, on_stage
from leakguard.cli.web import SERVER, told_served
from leakguard.errors import ExitCode
from leakguard.settings import read_settings
from leakguard.use_cases.drills.drill_play import begin

if TYPE_CHECKING:
    from pathlib import Path

    from leakguard.cli.options import Context


def serve_drill(context: Context, folder: Path, options: DrillOptions, *, bind: str | None) -> ExitCode:
    """Begin, or go on, and serve until the process is asked to end; the drill stands still meanwhile."""
    with on_stage(folder, options, recorder=context.wiring.recorder, tell=lambda *_: None) as (stage, _):
        begin(stage)
    server = import_module(SERVER)
    context.notes.print(f"DRILL: everything is in {folder}. Go on with it later: leakguard web, in that folder.")
    with chdir(folder):
        settings = read_settings()
        server.serve(settings, server.options_of(settings, {"bind": bind}, os.environ), told_served)
    return ExitCode.CLEAN
