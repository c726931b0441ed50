"""`leakguard demo --web`: leaves the console running with the demo's case in it, from the end of the story on."""

from __future__ import annotations

import os
from contextlib import chdir
from importlib import import_module
from typing import TYPE_CHECKING

import click

from leakguard.cli.demo.story import INCIDENT, STORY
from leakguard.cli.web import SERVER, told_served
from leakguard.errors import ExitCode
from leakguard.files.opening import read_text
from leakguard.settings import read_settings
from leakguard.use_cases.incidents.kept_facts import write_facts
from leakguard.wiring import Wiring

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def serve_demo(folder: Path, *, bind: str | None) -> ExitCode:
    """Keep the DPO's facts in the incident, and serve the folder until the process is asked to end."""
    with chdir(folder):
        begins = _keep_facts()
        settings = read_settings()
        server = import_module(SERVER)
        click.echo("\nThe console shows this case. Its time goes on from the end of the story.")
        options = server.options_of(settings, {"bind": bind}, os.environ)
        server.serve(settings, options, told_served, begins=begins)
    return ExitCode.CLEAN


def _keep_facts() -> datetime:
    """What stands in the file becomes an entry of the ledger, as an upload in the console would make it."""
    wiring = Wiring.from_environment(simulated_now=STORY[-1].at)
    try:
        text = read_text("facts.yaml")
        write_facts(wiring.store, wiring.duties(), INCIDENT, text, read=None, now=wiring.now)
        return wiring.now()
    finally:
        wiring.store.close()
