"""`leakguard notice assess`: which duties apply."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import click

from leakguard.cli.laws import reach_of
from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.assess_facts import Line
from leakguard.outputs.assess_places import place_block
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_screen import Screen, ScreenSize
from leakguard.outputs.assess_words import LANGS
from leakguard.outputs.assessment import assessed_json, assessment_lines, remark_lines
from leakguard.outputs.terminal import page
from leakguard.use_cases.letters.assess_notices import AssessedDuties, assess_notices

if TYPE_CHECKING:
    from leakguard.outputs.assess_words import ScreenLang

_EPILOG = """\b
Examples:
  leakguard notice assess facts.yaml
  leakguard notice assess facts.yaml --all --lang zh
  leakguard notice assess facts.yaml --incident IR-2026-0001
  leakguard notice assess facts.yaml --now 2026-06-11T01:00+08:00 --format json

\b
Exit codes:
  0  every jurisdiction is covered: by what LeakGuard knows of its law, or by a person's decision (leakguard notice
     settle). 0 does not mean that no duty applies, nor that all facts are stated: read the output
  3  the law of a jurisdiction is not known and nobody has decided whether there is a duty (leakguard notice settle), or
     the facts name no jurisdiction
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@facts_options
@click.option(
    "--all",
    "shows_all",
    is_flag=True,
    help="Show everything: reasons, sources, confidence, and duties that do not apply.",
)
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True, help="The language of the text.")
@format_option("table", "json")
@store_option
@pass_context
def assess_cmd(
    context: Context, *, facts: str, incident: str | None, now: str | None, shows_all: bool, lang: str,
    output_format: str,
) -> int:  # fmt: skip
    """Show which duties apply to the file FACTS, which facts are missing, and where no rule is known.

    FACTS is a YAML file: `leakguard notice example first-notice > facts.yaml` writes one to fill in.
    """
    work = given(context, facts, now=now, incident=incident)
    reach = reach_of(context, work.facts) if incident is not None else None
    records = tuple(context.wiring.existing_store.read(incident)) if incident is not None else ()
    found, say = (
        assess_notices(work, reach, records, folders=context.wiring.bundled),
        AssessTexts(cast("ScreenLang", lang)),
    )
    remarks = list(remark_lines(found, say))
    for line in remarks:
        context.remark(line)
    screen = _screen(context, found, say, remarks, file=facts, incident=incident or "")
    if output_format == "json":
        for parts in place_block(screen.places_block, is_long=False):
            context.remark("".join(text for text, _ in parts))
        click.echo(json.dumps(assessed_json(found)))
    elif shows_all:
        for text in assessment_lines(found, say, screen.places_block):
            click.echo(context.repeating(text))
    else:
        _show(context, screen.lines())
    return ExitCode.UNFINISHED if found.is_open else ExitCode.CLEAN


def _screen(
    context: Context, found: AssessedDuties, say: AssessTexts, remarks: Sequence[str], *, file: str, incident: str
) -> Screen:  # fmt: skip
    """The screen for what is left of the terminal below the remarks and above the prompt."""
    size = context.size or ScreenSize().both
    used = sum(page(line, size[0]).count("\n") + 1 for line in remarks) if context.is_watched else 0
    return Screen(
        found=found, say=say, size=ScreenSize(width=size[0], height=size[1] - used - 1), file=shlex.quote(file),
        incident=incident, repeat=context.repeating,
    )  # fmt: skip


def _show(context: Context, lines: Sequence[Line]) -> None:
    if context.size is None:
        for line in lines:
            click.echo("".join(text for text, _ in line))
        return
    from rich.text import Text  # noqa: PLC0415  (a pipe needs none)

    for line in lines:
        context.console.print(Text.assemble(*line), soft_wrap=True)
