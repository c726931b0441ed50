"""`leakguard help`: the pages of the documentation, without a network, and the help of a command."""

from __future__ import annotations

import sys

import click

from leakguard.cli.options import Context, pass_context
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard help
  leakguard help set-up-alerts
  leakguard help commands
  leakguard help zh-first-scan  # in Chinese
  leakguard help scan run  # same as: leakguard scan run --help
"""


@click.command(epilog=_EPILOG)
@click.argument("topic", nargs=-1)
@pass_context
def help_cmd(context: Context, *, topic: tuple[str, ...]) -> ExitCode:
    """Show a page of the documentation, or the help of a command. Without TOPIC, list all topics."""
    from leakguard.outputs.topics import FOLDER, list_lines, plain, topic_named, topics  # noqa: PLC0415  (`--help` must not load it)

    bundled = context.wiring.bundled
    texts = {name: text for name, text in bundled.texts(FOLDER, ".md").items() if _is_page(name)}
    known = topics(texts)
    if not topic:
        context.show(list_lines(known))
        return ExitCode.CLEAN
    if all("-".join(topic) != known_topic.name for known_topic in known) and _show_command(topic):
        return ExitCode.CLEAN
    file = topic_named("-".join(topic), known).file
    page = plain(texts[file], [known_topic.name for known_topic in known], file=file)
    if is_seen():
        from rich.markdown import Markdown  # noqa: PLC0415  (a pipe needs none)

        context.console.print(Markdown(page))
    else:
        click.echo(page)
    return ExitCode.CLEAN


def is_seen() -> bool:
    """Whether a terminal shows the page."""
    return sys.stdout.isatty()


def _is_page(name: str) -> bool:
    """The decisions of the developers and the indexes of the web pages are no topics."""
    return not name.startswith("decisions/") and not name.endswith("index.md")


def _show_command(words: tuple[str, ...]) -> bool:
    """Print the help of the command that the words name; whether there is one."""
    from leakguard.cli.app import app  # noqa: PLC0415  (it names this module)

    command: click.Command = app
    context: click.Context = app.context_class(app, info_name="leakguard")
    for word in words:
        found = command.get_command(context, word) if isinstance(command, click.Group) else None
        if found is None:
            return False
        command, context = found, found.context_class(found, info_name=word, parent=context)
    click.echo(command.get_help(context))
    return True
