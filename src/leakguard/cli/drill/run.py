"""`leakguard drill run`: plays a scenario and scores it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leakguard.cli.moments import length_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode, NotAllowed, UsageProblem
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.cli.drill.stage import DrillOptions
    from leakguard.drills.moments import Moment
    from leakguard.drills.scorecard import Scorecard
    from leakguard.outputs.terminal import Table

_EPILOG = """\b
Examples:
  leakguard drill run university-2019
  leakguard drill run university-2019 --known-earlier PT6H
  leakguard drill run university-2019 --interactive --keep ./drill
  leakguard drill run university-2019 --web --keep ./drill
  leakguard drill run our-own.yaml --speed 1000 --keep ./drill --format json

To continue a drill that was stopped, run it again with the same --keep DIR.

\b
Afterwards, use commands in DIR with the time of the drill. Without --now, every clock runs on until today:
  leakguard --now 2019-06-10T00:00+08:00 incident report IR-2019-0001 -o report.html
"""


@click.command(epilog=_EPILOG)
@click.argument("scenario")
@click.option(
    "--speed",
    type=click.FloatRange(min=1, max=1_000_000),
    help="Simulated seconds per second (default: jump from one event to the next).",
)
@click.option(
    "--keep", metavar="DIR", help="Folder for the store, alerts and scorecard (default: a new temporary folder)."
)
@click.option(
    "--interactive", is_flag=True, help="Ask on this terminal what each role decides, at the times when it must decide."
)
@click.option(
    "--known-earlier",
    metavar="PT6H",
    help="Play the scenario twice: as it is, and with the team knowing of the incident earlier by this time.",
)
@click.option("--web", is_flag=True, help="Play the scenario in the console, where people move the simulated time.")
@click.option(
    "--bind", metavar="ADDRESS[:PORT]", help="With --web: address where the console listens (default: 127.0.0.1:8080)."
)
@records("Name under which the drill records", program="leakguard drill")
@format_option("table", "json")
@store_option
@pass_context
def run_cmd(  # noqa: PLR0913  (the options)
    context: Context,
    *,
    scenario: str,
    speed: float | None,
    keep: str | None,
    interactive: bool,
    known_earlier: str | None,
    output_format: str,
    web: bool,
    bind: str | None,
) -> int:
    """Play SCENARIO, by its name or as a file, in simulated time, with its own folder and store.

    No outsider is notified: every channel writes to a file in that folder. A role for which nobody decides follows
    the script. The exit code is 0 if the scenario was played to its end, whatever the result of the team.
    """
    from leakguard.cli.drill.stage import DrillOptions, load_scenario  # noqa: PLC0415  (as above)
    from leakguard.models.moments import to_z  # noqa: PLC0415  (as above)
    from leakguard.outputs.drill import both_parts, card_parts  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.drills.drill_play import refuse_too_early  # noqa: PLC0415  (as above)

    folder = Path(keep if keep is not None else tempfile.mkdtemp(prefix="leakguard-drill-")).resolve()
    options = DrillOptions(scenario=load_scenario(context.wiring, scenario), store=context.store, speed=speed)
    if web:
        return _on_pages(context, folder, options, bind, known_earlier)
    if known_earlier is None:
        card = _play(context, folder, options, interactive=interactive)
        _print_json([card]) if output_format == "json" else _print(context, card_parts(card))
        report = f"leakguard --now {to_z(card.ended_at)} incident report {card.incident} -o report.html"
        context.notes.print(f"DRILL: as it stood at the end, in the folder below: {report}", soft_wrap=True)
    else:
        _refuse_shared_store(context.store)
        later = DrillOptions(scenario=options.scenario, speed=speed, earlier=length_in(known_earlier))
        refuse_too_early(options.scenario, later.earlier)
        both = (("as-it-was", options), ("known-earlier", later))
        cards = [_play(context, folder / name, options, interactive=interactive) for name, options in both]
        _print_json(cards) if output_format == "json" else _print(context, both_parts(*cards))
    context.notes.print(f"DRILL: everything is in {folder}", soft_wrap=True)
    return ExitCode.CLEAN


def _on_pages(context: Context, folder: Path, options: DrillOptions, bind: str | None, earlier: str | None) -> ExitCode:
    from leakguard.cli.drill.on_pages import serve_drill  # noqa: PLC0415  (as above)
    from leakguard.frozen import replace  # noqa: PLC0415  (as above)

    options = options if earlier is None else replace(options, earlier=length_in(earlier))
    return serve_drill(context, folder, options, bind=bind)


def _refuse_shared_store(store: str | None) -> None:
    if store is not None:
        raise UsageProblem("two drills need two stores", next_step="Leave --store out, or play them one by one.")


def _play(context: Context, folder: Path, options: DrillOptions, *, interactive: bool) -> Scorecard:
    """One drill in its folder, to its end; raises `NotAllowed` when it was asked to stop."""
    from leakguard.cli.drill.asking import DrillPrompt  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.drill.stage import on_stage, with_ledger  # noqa: PLC0415  (as above)
    from leakguard.drills.scorecard import to_json  # noqa: PLC0415  (as above)
    from leakguard.outputs.drill import local  # noqa: PLC0415  (as above)
    from leakguard.use_cases.drills.drill_play import play, scored  # noqa: PLC0415  (as above)
    from leakguard.use_cases.drills.kept_scorecards import CARD  # noqa: PLC0415  (as above)

    zone = options.scenario.zone

    def tell(moment: Moment, end: str) -> None:
        who = f"{moment.role}: " if moment.role else ""
        text = f"DRILL {local(moment.at, zone)}  {who}{moment.title}{f'  [{end}]' if end else ''}"
        context.notes.print(printable(text, longest=400), soft_wrap=True)
        inject = options.scenario.injects.get(moment.id)
        if interactive and inject is not None and inject.to and not end:
            for line in inject.text:
                context.notes.print(f"DRILL     {printable(line, longest=600)}", soft_wrap=True, markup=False)

    decide = DrillPrompt(options.scenario) if interactive else None
    with on_stage(folder, options, recorder=context.wiring.recorder, decide=decide, tell=tell) as (stage, wiring):
        if not play(stage):
            raise NotAllowed("the drill was stopped", next_step=f"Go on with it: the same command, --keep {folder}")
        card = with_ledger(scored(stage), wiring)
        replace_file(CARD, json.dumps(to_json(card), ensure_ascii=False, indent=2) + "\n")
    return card


def _print(context: Context, parts: Iterable[str | Table]) -> None:
    for part in parts:
        context.console.print(part)


def _print_json(cards: list[Scorecard]) -> None:
    from leakguard.drills.scorecard import to_json  # noqa: PLC0415  (`--help` must not load it)

    shown = [to_json(card) for card in cards]
    document = shown[0] if len(shown) == 1 else {"as_it_was": shown[0], "known_earlier": shown[1]}
    click.echo(json.dumps(document, ensure_ascii=False))
