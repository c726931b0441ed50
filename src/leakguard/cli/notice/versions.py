"""What `approve` and `send` share: which letter is meant, and how it is drafted again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leakguard.cli.notice.facts import given
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen, names_of
from leakguard.mailing.approvals import Proposal
from leakguard.models.languages import LANGS, Lang
from leakguard.use_cases.letters.approve_notice import Version
from leakguard.use_cases.letters.letter_versions import SingleLetter
from leakguard.use_cases.letters.merge_mailing import merge_subject, merge_version, unwritten
from leakguard.use_cases.letters.wanted_letter import LetterChoice, RequestedLetter, wanted_letter
from leakguard.use_cases.letters.wanted_letter import single_letter as single_of

if TYPE_CHECKING:
    from leakguard.cli.options import Context


Command = TypeVar("Command", bound=Callable[..., Any])


class VersionChoice(Frozen):
    """The options that both commands have, and those of `approve`."""

    incident: str
    facts: str | None = None
    duty: str | None = None
    letter: str | None = None
    stage: str | None = None
    lang: Lang = "en"
    manifest: str | None = None
    recipients: str | None = None
    by: str = ""
    role: str = ""
    digest: str = ""
    reason: str = ""
    is_json: bool = False

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> VersionChoice:
        """Out of what click hands over."""
        values = {name: words[name] for name in names_of(cls) if name in words}
        return cls(**values, is_json=words["output_format"] == "json")


def letter_options(command: Command) -> Command:
    """`[FACTS]`, `--incident`, `--duty`, `--stage`, `--lang`, `--manifest`."""
    options = (
        click.argument("facts", required=False),
        click.option("--incident", required=True, metavar="ID", help="The stored incident that the letter is about."),
        click.option("--duty", metavar="ID", help="The duty of a single letter, as named by `notice assess`."),
        click.option("--letter", metavar="NAME", help="A letter that no law requires, instead of --duty."),
        click.option("--stage", metavar="NAME", help="One stage of the duty, such as initial or final."),
        click.option(
            "--lang", type=click.Choice(LANGS), default="en", show_default=True, help="Language of the letter."
        ),
        click.option("--manifest", metavar="DIR", help="The folder of a mail merge, instead of --duty."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def wanted_version(context: Context, choice: VersionChoice) -> RequestedLetter:
    """The letter that the options mean; raises `UsageProblem` when they mean none or two."""
    named = [name for name in (choice.duty, choice.letter, choice.manifest) if name is not None]
    if len(named) == 1 and choice.manifest is not None:
        return _merge(context, choice.manifest)
    if len(named) != 1 or choice.facts is None:
        raise UsageProblem(
            "which letter is meant?",
            next_step="Name the facts file and --duty ID or --letter NAME, or a mail merge by --manifest DIR.",
        )
    return _single(context, choice, choice.facts)


def _merge(context: Context, manifest: str) -> RequestedLetter:
    ready, is_drill = context.wiring.ready_letters(manifest), context.wiring.settings.drill

    def version(*_: object) -> Version:
        return merge_version(ready, is_drill=is_drill)

    head = ready.head()
    return RequestedLetter(subject=merge_subject(head), draft=version, start=version, unwritten=unwritten(head))


def _single(context: Context, choice: VersionChoice, facts: str) -> RequestedLetter:
    wiring = context.wiring
    work = given(context, facts, now=None, incident=choice.incident)
    asked = LetterChoice(
        duty=choice.duty, letter=choice.letter, stage=choice.stage, lang=choice.lang, facts_name=facts
    )  # fmt: skip
    store = wiring.existing_store
    single = single_of(
        work, asked, wiring.bundled, is_final=True, is_drill=wiring.settings.drill, begun=store.batches(choice.incident)
    )
    return wanted_letter(single, work.now, store.head)


def single_letter(wanted: RequestedLetter) -> SingleLetter:
    """The single letter; raises `UsageProblem` for the letters of a merge."""
    if wanted.single is None:
        raise UsageProblem("a mail merge has many letters", next_step="Look at them in their folder.")
    return wanted.single


def say_unsettled(context: Context, wanted: RequestedLetter, version: Proposal | Version) -> None:
    """Name on stderr what has to be settled before the letter goes out, and who has none."""
    say_unwritten(context, wanted)
    if wanted.single is not None:
        for line in wanted.single.unsettled(version.written_at, version.head):
            context.notes.print(f"Settle before it goes out: {line}", markup=False)


def say_unwritten(context: Context, wanted: RequestedLetter) -> None:
    """Name on stderr for whom a mail merge has no letter."""
    if wanted.unwritten.words:
        context.notes.print(f"Without a letter: {wanted.unwritten.words}.", soft_wrap=True)
