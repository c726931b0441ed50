"""`leakguard app list`, `show` and `incident`: apps that were kept, and an incident about one of ours."""

from __future__ import annotations

import json

import click

from leakguard.cli.moments import zone_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.kept_apps import kept_json, kept_line, kept_lines


@click.command(epilog="\b\nExamples:\n  leakguard app list\n  leakguard app list --format json")
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the apps whose results were kept, each with what changed since the previous build."""
    from leakguard.use_cases.apps.kept_apps import known_apps  # noqa: PLC0415  (`--help` must not load it)

    found = known_apps(context.wiring.existing_store)
    if output_format == "json":
        click.echo(json.dumps({"apps": [kept_json(app) for app in found]}, ensure_ascii=False))
    else:
        context.show(kept_line(app) for app in found)
        if not found:
            context.notes.print("No app was kept: leakguard app check FILE --category NAME --keep")
    return ExitCode.CLEAN


@click.command(
    epilog="\b\nExamples:\n  leakguard app show cn.example.jobs\n  leakguard app show APP-android-cn.example.jobs"
)
@click.argument("app", metavar="APP")
@format_option("text", "json")
@store_option
@pass_context
def show_cmd(context: Context, *, app: str, output_format: str) -> int:
    """Show the findings of the last check of APP. Their ids stay the same from build to build."""
    from leakguard.use_cases.apps.kept_apps import app_named  # noqa: PLC0415  (as above)

    found = app_named(context.wiring.existing_store, app)
    if output_format == "json":
        click.echo(json.dumps(kept_json(found), ensure_ascii=False))
    else:
        context.show(kept_lines(found))
    return ExitCode.CLEAN


@click.command(
    epilog="""\b
Examples:
  leakguard app incident cn.example.jobs
  leakguard app incident APP-ios-cn.example.jobs --title "The app of the library asks for contacts"
"""
)
@click.argument("app", metavar="APP")
@click.option("--title", default="", help="Title of the incident (default: the name of the app).")
@click.option("--zone", help="Time zone for local times in the incident (default: `zone` in leakguard.toml).")
@records("Person who opens the incident")
@format_option("text", "json")
@store_option
@pass_context
def incident_cmd(context: Context, *, app: str, title: str, zone: str | None, output_format: str) -> int:
    """Open an incident about APP, one of your apps in whose last check something must be corrected."""
    from leakguard.outputs.incident import incident_json, opened_lines  # noqa: PLC0415  (as above)
    from leakguard.use_cases.apps.kept_apps import app_named  # noqa: PLC0415  (as above)
    from leakguard.use_cases.responses.app_incident import PLAYBOOK, open_app_incident  # noqa: PLC0415  (as above)

    wiring, store = context.wiring, context.wiring.existing_store
    place = zone_in(zone or wiring.settings.zone).key
    incident = open_app_incident(store, app_named(store, app), title=title, zone=place, now=wiring.now)
    if output_format == "json":
        click.echo(json.dumps({"incident": incident_json(incident), "playbook": PLAYBOOK}))
        return ExitCode.CLEAN
    context.show(opened_lines(incident))
    context.notes.print(f"The playbook: leakguard playbook start {incident.id} --playbook {PLAYBOOK}")
    return ExitCode.CLEAN
