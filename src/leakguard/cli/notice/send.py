"""`leakguard notice send`: send what two people approved, to each person once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from leakguard.cli.notice.send_options import SendWish
from leakguard.cli.notice.send_run import check_only, send_now
from leakguard.cli.notice.versions import Choice, letter_options, wanted_version
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records

Command = TypeVar("Command", bound=Callable[..., Any])

_EPILOG = """\b
Examples:
  leakguard notice send facts.yaml --duty cn-cac-incident-general --stage initial --lang zh \\
      --incident IR-2026-0001 --to office@authority.example --attach pdf --by "A. Counsel"
  leakguard notice send facts.yaml --manifest letters --recipients people.csv --incident IR-2026-0001 \\
      --rate 5/s --accepted-log /var/log/mail.log
  leakguard notice send facts.yaml --manifest letters --recipients people.csv --incident IR-2026-0001 \\
      --in-doubt resend --by "A. Counsel"

\b
A killed run goes on where it was: run the same command again. A letter of
which nobody knows whether the mail server took it is in doubt, and is neither
dropped nor sent again until the server's log or a person settles it. For a
stage of a duty the filing is recorded when every letter was taken.

\b
Ends with 0 when the mail server took every letter, else with 3.
"""


def _send_options(command: Command) -> Command:
    options = (
        click.option("--to", metavar="ADDRESS", help="Where the one letter of --duty goes."),
        click.option("--recipients", metavar="FILE", help="The people of a mail merge, as `notice letters` read them."),
        click.option("--encoding", type=click.Choice(["utf-8", "gb18030"]), default="utf-8", help="Of --recipients."),
        click.option("--key", metavar="FILE", help="The key of the manifest's marks (default: beside the store)."),
        click.option("--channel", metavar="NAME", help="A channel of kind smtp (default: the only one)."),
        click.option("--rate", metavar="N/s", default="5/s", show_default=True, help="How fast letters go out."),
        click.option("--per-connection", type=click.IntRange(1, 10_000), default=100, show_default=True, metavar="N",
                     help="How many letters go over one connection to the server."),
        click.option("--passes", type=click.IntRange(1, 20), default=4, show_default=True, metavar="N",
                     help="How often what was not taken is tried."),
        click.option("--wait", type=click.FloatRange(0.01, 3600), default=5, show_default=True, metavar="SECONDS",
                     help="Before the second try; doubled for each further one."),
        click.option("--attach", type=click.Choice(["pdf"]), help="Attach the letter as a document as well."),
        click.option("--own-domain", multiple=True, metavar="NAME", help="A domain of ours, beside the sender's."),
        click.option("--accepted-log", metavar="FILE", help="The mail server's log, to settle what is in doubt."),
        click.option("--settle", type=click.FloatRange(0, 3600), default=60, show_default=True, metavar="SECONDS",
                     help="How long the mail server may take to write its log."),
        click.option("--in-doubt", type=click.Choice(["resend", "sent"]), help="What a person says of those in doubt."),
        click.option("--message-id", "only", multiple=True, metavar="ID", help="Only these, with --in-doubt."),
        click.option("--retry-refused", is_flag=True, help="Try those again that the mail server refused."),
        click.option("--again", is_flag=True, help="Send although another version, or to another address, went out."),
        click.option("--although", default="", metavar="TEXT", help="Why by e-mail, if the rule names another way."),
        records("Who sends, or who settles what is in doubt"),
        click.option("--dry-run", is_flag=True, help="Check everything and count, and send nothing."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog=_EPILOG)
@letter_options
@_send_options
@format_option("text", "json")
@store_option
@pass_context
def send_cmd(context: Context, /, *, dry_run: bool, **words: Any) -> int:  # noqa: ANN401  (click's values)
    """Send a letter, or the letters of a mail merge, by e-mail; nothing leaves the house in a drill."""
    wish = SendWish.of({**words, "by": context.by})
    wanted = wanted_version(context, Choice.of(words))
    return check_only(context, wish, wanted) if dry_run else send_now(context, wish, wanted)
