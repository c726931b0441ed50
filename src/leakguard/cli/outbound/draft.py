"""`leakguard outbound draft`: the skeletons of the two papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from leakguard.cli.notice.draft import write_document
from leakguard.cli.options import Context, lang_option, pass_context, read_text
from leakguard.errors import ExitCode
from leakguard.use_cases.outbound.assess_outbound import OutboundAsked, assess_outbound, draft_paper

if TYPE_CHECKING:
    from leakguard.outbound.rules import ScreenLang

PAPERS = ("self-assessment", "impact-assessment")
"""What `duties/outbound/papers.yaml` offers; a test compares the two, so that --help need not read the file."""


@click.command(
    epilog="""\b
Examples:
  leakguard outbound draft outbound.yaml --paper self-assessment
  leakguard outbound draft outbound.yaml --paper impact-assessment --lang zh --as docx -o assessment.docx
"""
)
@click.argument("facts")
@click.option("--paper", type=click.Choice(PAPERS), required=True, help="Kind of report.")
@lang_option
@click.option(
    "--as", "form", type=click.Choice(["txt", "html", "docx", "pdf", "md"]), default="txt", show_default=True,
    help="File format.",
)  # fmt: skip
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@click.option("--now", metavar="TIME", help="Assess the transfer as at TIME (default: `at` in the file, else today).")
@pass_context
def draft_cmd(
    context: Context, *, facts: str, paper: str, lang: str, form: str, output: str | None, now: str | None
) -> int:
    """Draft an outline of a report from the FACTS. Known facts are filled in, and people write the rest."""
    wiring = context.wiring
    found = assess_outbound(OutboundAsked(name=facts, text=read_text(facts), at=now), wiring.bundled, wiring.now())
    letter = draft_paper(found, paper, cast("ScreenLang", lang), is_drill=wiring.settings.drill)
    write_document(context, wiring.document_maker(form).make(letter), form, output)
    return ExitCode.CLEAN
