"""`leakguard notice lint`: whether people will understand the letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, read_bytes, store_option
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.languages import LANGS, Lang
from leakguard.notices.facts_of_duty import facts_for_duty
from leakguard.notices.lint.book import READERS, Readers
from leakguard.notices.lint.lint import rules_json, to_json_object
from leakguard.outputs.lint import demo_lines, pair_json, report_lines, rule_lines
from leakguard.use_cases.letters.draft_notices import draft_notice
from leakguard.use_cases.letters.given_facts import asked_for, stage_asked
from leakguard.use_cases.letters.lint_letters import demonstrate, lint_draft, lint_file, load_lint_book

_EPILOG = """\b
Examples:
  leakguard notice lint letter.docx
  leakguard notice lint brief.txt --lang de --for public
  leakguard notice lint facts.yaml --duty eu-gdpr-34-individuals --lang zh
  leakguard notice lint facts.yaml --letter press
  leakguard notice lint --rules
  leakguard notice lint --rules --lang zh
  leakguard notice lint --demo

FILE is text, Markdown, HTML or DOCX. With --duty or --letter, it contains facts, and
the draft made from them is checked. No rule judges whether a letter is true.
"""


@click.command(epilog=_EPILOG)
@click.argument("file", required=False)
@click.option("--duty", metavar="ID", help="Lint the draft of this duty, made from the facts in FILE.")
@click.option("--letter", metavar="NAME", help="Lint the draft of a letter that no law requires, such as finder.")
@click.option("--stage", metavar="NAME", help="One stage of the duty, such as initial or final.")
@click.option(
    "--lang",
    type=click.Choice(LANGS),
    help=(
        "Language of the letter (default: by its script; en with --duty). Advice about a Chinese letter is in Chinese."
    ),
)
@click.option(
    "--for",
    "readers",
    type=click.Choice(READERS),
    help="Readers of the letter (default: people; with --duty, the recipients of the duty).",
)
@click.option("--rules", "show", flag_value="rules", help="List the rules with their sources.")
@click.option("--demo", "show", flag_value="demo", help="Lint typical letters, and the same letters after rewriting.")
@facts_options
@format_option("text", "json")
@store_option
@pass_context
def lint_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    file: str | None,
    duty: str | None,
    letter: str | None,
    stage: str | None,
    lang: Lang | None,
    readers: Readers | None,
    show: str | None,
    incident: str | None,
    now: str | None,
    output_format: str,
) -> int:
    """Report what makes a letter hard to understand. If a problem is found, the exit code is 1."""
    if show is not None:
        _print(context, _shown(context, show, lang=lang or "en", is_json=output_format == "json"))
        return ExitCode.CLEAN
    if file is None:
        raise UsageProblem("no letter is named", next_step="Name a file: leakguard notice lint letter.docx")
    rules = load_lint_book(context.wiring.bundled)
    name = duty or letter or file
    if name is file:
        found = lint_file(rules, read_bytes(file), name=file, lang=lang, readers=readers or "people")
    else:
        work = given(context, file, now=now, incident=incident)
        notice = asked_for(work.book, duty=duty, letter=letter)
        draft = draft_notice(
            work.book, context.wiring.bundled, work.facts, notice, lang=lang or "en", now=work.now,
            stage=stage_asked(work, notice, stage),
        )  # fmt: skip
        facts = facts_for_duty(notice, work.facts, work.book.vocabulary)
        found = lint_draft(rules, notice, draft, facts, readers=readers)
    _print(context, to_json_object(found, name=name) if output_format == "json" else report_lines(found, name))
    return ExitCode.EXPOSED if found.problems else ExitCode.CLEAN


def _shown(context: Context, show: str, *, lang: Lang, is_json: bool) -> dict[str, Any] | Iterator[str]:
    """The rules, or the demonstration."""
    bundled = context.wiring.bundled
    rules = load_lint_book(bundled)
    if show == "rules":
        return rules_json(rules, lang) if is_json else rule_lines(rules, lang)
    pairs = demonstrate(rules, bundled)
    return {"pairs": [pair_json(name, pair) for name, pair in pairs.items()]} if is_json else demo_lines(pairs)


def _print(context: Context, shown: dict[str, Any] | Iterator[str]) -> None:
    if isinstance(shown, dict):
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    context.show(shown, is_page=True)
