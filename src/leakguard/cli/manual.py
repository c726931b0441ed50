"""Manual pages and completions, made from the commands themselves: `python -m leakguard.cli.manual FOLDER DAY`.

One page for each command and group, such as `leakguard-scan-run.1`, in the `man` macros that every system reads. What
click prints for `--help` is the source: description, options, examples and exit codes stand there once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import click
from click.shell_completion import get_completion_class

from leakguard import __version__
from leakguard.cli.app import app
from leakguard.cli.help_layout import LIST, blocks_of, laid_out

SHELLS: Mapping[str, str] = {
    "bash": "bash-completion/completions/leakguard",
    "zsh": "zsh/vendor-completions/_leakguard",
    "fish": "fish/vendor_completions.d/leakguard.fish",
}
"""Where each shell of Debian looks for completions, below `/usr/share`."""
_NAME = "leakguard"
_COMPLETE = "_LEAKGUARD_COMPLETE"
_FILES = (
    ("scope.yaml", "What may be probed, by whose permission, and between which dates."),
    ("leakguard.toml", "The settings; optional."),
    ("leakguard.db", "The store: ledger and findings, in SQLite unless the settings name another database."),
    ("mutes.yaml", "Open findings that their owner accepts until a day; optional."),
)
_ENVIRONMENT = (
    ("LEAKGUARD_STORE", "The store, as --store names it."),
    ("LEAKGUARD_LOG_LEVEL, LEAKGUARD_LOG_FORMAT, LEAKGUARD_LOG_FILE", "As the options of the same names."),
    ("LEAKGUARD_SECRETS", "A folder with one file for each secret, named as its variable."),
    ("NO_COLOR", "No colours, as --no-color."),
)
_EXIT_CODES = (
    ("0", "Nothing was found, and everything was done."),
    ("1", "An exposure was found, or a command that checks found problems."),
    ("2", "The command was called wrongly, a file is wrong, or something is not allowed."),
    ("3", "The work could not be finished, or something could not be checked."),
    ("4", "A deadline was missed."),
)
_WIDTH = 71
"""Columns of a list: `man` indents it by seven in a terminal of eighty."""
_SECTION = re.compile(r"(?P<title>[A-Z][A-Za-z ]+):(?P<rest>.*)", re.DOTALL)


def manual_pages(command: click.Command = app, *, day: str) -> dict[str, str]:
    """Every page by the name of its file; `day` stands in the footer, as `2026-11-30`."""
    return {
        f"{'-'.join(path)}.1": "\n".join(_page(path, subcommand, day)) + "\n"
        for path, subcommand in _tree(command, (_NAME,))
    }


def completions() -> dict[str, str]:
    """The completion script of each shell, by its path below `/usr/share`."""
    made = {}
    for shell, path in SHELLS.items():
        kind = get_completion_class(shell)
        if kind is None:
            raise LookupError(shell)
        made[path] = kind(app, {}, _NAME, _COMPLETE).source()
    return made


def _tree(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _tree(below, (*path, name))


def _page(path: tuple[str, ...], command: click.Command, day: str) -> Iterator[str]:
    context = click.Context(command, info_name=" ".join(path))
    yield f'.TH "{"-".join(path).upper()}" 1 "{day}" "LeakGuard {__version__}" "LeakGuard"'
    yield from _heading("NAME", f"{'-'.join(path)} \\- {_text(command.get_short_help_str(200).rstrip('.'))}")
    usage = [_text(piece) for piece in command.collect_usage_pieces(context)]
    yield from _heading("SYNOPSIS", f"\\fB{_text(' '.join(path))}\\fR {' '.join(usage)}")
    yield ".SH DESCRIPTION"
    yield from _paragraphs(command.help or "")
    yield from _defined("OPTIONS", _options(command, context))
    if isinstance(command, click.Group):
        yield from _defined("COMMANDS", _below(path, command, context))
    lines = list(_epilog(command.epilog or ""))
    yield from lines
    if ".SH EXIT STATUS" not in lines:
        yield from _defined("EXIT STATUS", _EXIT_CODES)
    yield from _defined("FILES", _FILES)
    yield from _defined("ENVIRONMENT", _ENVIRONMENT)
    above = "\\-".join(path[:-1]) if len(path) > 1 else f"{_NAME}\\-doctor"
    yield from _heading("SEE ALSO", f"\\fB{above}\\fR(1). `leakguard help` lists the topics of the documentation.")


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        help_record = parameter.get_help_record(context)
        if help_record is not None and help_record[1]:
            yield help_record


def _below(path: tuple[str, ...], group: click.Group, context: click.Context) -> Iterator[tuple[str, str]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield f"{'-'.join((*path, name))}(1)", command.get_short_help_str(200)


def _defined(title: str, rows: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Iterator[str]:
    """A section of terms, each with what it means."""
    listed = list(rows)
    if not listed:
        return
    yield f".SH {title}"
    for term, meaning in listed:
        yield ".TP"
        yield f"\\fB{_text(term)}\\fR"
        yield _text(meaning)


def _epilog(text: str) -> Iterator[str]:
    """Examples and exit codes: blocks that begin with a title and a colon."""
    for block in blocks_of(text):
        shown = laid_out(block, _WIDTH) if block.startswith(LIST) else block
        found = _SECTION.match(shown)
        title, rest = (found["title"].upper(), found["rest"]) if found else ("NOTES", shown)
        title = "EXIT STATUS" if title == "EXIT CODES" else title
        if not rest.strip():
            continue
        yield f".SH {title}"
        if block.startswith(LIST):
            yield from (".nf", *(_text(line) for line in dedent(rest.strip("\n")).splitlines()), ".fi")
        else:
            yield _text(" ".join(rest.split()))


def _heading(title: str, line: str) -> tuple[str, str]:
    return f".SH {title}", line


def _paragraphs(text: str) -> Iterator[str]:
    for number, block in enumerate(filter(str.strip, text.replace("\b\n", "").split("\n\n"))):
        if number:
            yield ".PP"
        yield _text(" ".join(block.split()))


def _text(text: str) -> str:
    """What roff would take for an order, as plain text."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def write(folder: Path, day: str) -> int:
    """Write all pages below `folder`, as a package installs them below `/usr`; returns how many files there are."""
    pages = {f"share/man/man1/{name}": text for name, text in manual_pages(day=day).items()}
    files = pages | {f"share/{path}": text for path, text in completions().items()}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return len(files)


if __name__ == "__main__":
    target, on = sys.argv[1:]
    click.echo(f"{write(Path(target), on):,} files below {target}")
