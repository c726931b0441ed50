"""`leakguard drill show`: a scenario with its facts and where they come from."""

from __future__ import annotations

import json

import click

from leakguard.cli.drill.stage import load_scenario
from leakguard.cli.options import Context, format_option, pass_context
from leakguard.drills.moments import act_title
from leakguard.drills.scenario_file import snapshot_of
from leakguard.drills.shapes import Act, Fact, Inject, Scenario
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard drill show university-2019
  leakguard drill show ./our-own-scenario.yaml --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("scenario")
@format_option("text", "json")
@pass_context
def show_cmd(context: Context, *, scenario: str, output_format: str) -> int:
    """Show SCENARIO, one that ships or a file: what is known and who tells it, what is unknown, what is invented."""
    found = load_scenario(context.wiring, scenario)
    if output_format == "json":
        click.echo(json.dumps({"scenario": snapshot_of(found)}, ensure_ascii=False))
    else:
        _tell(found)
    return ExitCode.CLEAN


def _tell(found: Scenario) -> None:
    click.echo(f"{found.title}\n{found.scenario}, version {found.version}, facts checked on {found.verified_on}\n")
    for line in found.about:
        click.echo(f"  {line}")
    click.echo("\nKnown of the real incident")
    for fact in found.facts:
        click.echo(f"  {_fact(fact)}")
    click.echo("\nSources")
    for name, source in found.sources.items():
        read = {"whole": "read", "in_part": "read in part", "not": "not read"}[source.read]
        click.echo(f"  {name}: {source.name}, {read}{f' <{source.url}>' if source.url else ''}")
    click.echo("\nThe law of its day")
    for line in found.law_of_the_day:
        click.echo(f"  {line}")
    click.echo(f"\nPlayed with {found.playbook}, from {found.begins_at} to {found.ends_at}, {found.zone}")
    for role, name in found.cast.items():
        click.echo(f"  {role}: {name}")
    click.echo(f"\nWhat happens\n  {found.known.at}  {found.known.by} {found.known.how}  [known]")
    for name, inject in found.injects.items():
        click.echo(f"  {_inject(name, inject)}")
    click.echo("\nWhat the team does beyond the playbook, when nobody is asked")
    for name, act in found.acts.items():
        click.echo(f"  {_act(name, act)}")


def _fact(fact: Fact) -> str:
    return (
        f"{fact.what} [unknown: {fact.unknown}]"
        if fact.unknown is not None
        else f"{fact.what} [{', '.join(fact.source)}]"
    )


def _inject(name: str, inject: Inject) -> str:
    whence = f"invented: {inject.invented}" if inject.invented is not None else ", ".join(inject.source)
    return f"{inject.at}  {inject.title}  [{name}; {whence}]"


def _act(name: str, act: Act) -> str:
    when = act.at or f"{act.in_ or 'at once'} after {', '.join(act.after) or 'its turn'}"
    return f"{name}: {act.role or 'the owner'} {act_title(act)}, {when}"
