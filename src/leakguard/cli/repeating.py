"""Commands that are printed as the next step: each repeats where the one at hand was told to look.

So a copied line works on the same store and within the same scope.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

import click

from leakguard.cli.lazy import LazyGroup
from leakguard.errors import LeakGuardError

_COMMAND = re.compile(r"(?<![\w./-])leakguard((?: [a-z][a-z-]*)+)")
STORE = "--store"


def repeating(text: str, given: Mapping[str, str], app: click.Command) -> str:
    """`text`, in which each command of `app` names the options of `given` that it has and that its line leaves out."""
    if not given or "leakguard " not in text:
        return text
    return "\n".join(
        _COMMAND.sub(lambda found: _repeated(found, given, app), line) if "leakguard " in line else line
        for line in text.split("\n")
    )


def _repeated(found: re.Match[str], given: Mapping[str, str], app: click.Command) -> str:
    words = found[1].split()
    names, options = command_names(words, app), _options_of(words, app)
    rest = found.string[found.end() :].partition("leakguard ")[0]
    wanted = [option for option in given if option in options and option not in rest]
    missing = [f"{option} {_word(option, given[option])}" for option in wanted]
    if not names or not missing:
        return found[0]
    ahead = " ".join(["leakguard", *names])
    return f"{ahead} {' '.join(missing)}{found[0][len(ahead) :]}"


def command_names(words: Sequence[str], app: click.Command) -> list[str]:
    """The words that name a command of `app`, up to the first one that does not."""
    return [word for word, _ in _path(words, app)]


def _options_of(words: Sequence[str], app: click.Command) -> frozenset[str]:
    """The options of the command that the words name."""
    command: click.Command | None = next((below for _, below in reversed(_path(words, app))), app)
    if isinstance(command, LazyGroup):
        command = command.found(command.by_itself)
    options = [] if command is None else command.params
    return frozenset(name for option in options for name in option.opts)


def _path(words: Sequence[str], app: click.Command) -> list[tuple[str, click.Command]]:
    path: list[tuple[str, click.Command]] = []
    command = app
    for word in words:
        if not isinstance(command, LazyGroup) or (below := command.found(word)) is None:
            break
        path.append((word, below))
        command = below
    return path


def _word(option: str, value: str) -> str:
    return shlex.quote(_without_password(value) if option == STORE else value)


def _without_password(place: str) -> str:
    """A URL as it may be shown; one that cannot be read has been refused already."""
    if "://" not in place:
        return place
    from leakguard.wiring.ledger import shown_store  # noqa: PLC0415  (most stores are files)

    try:
        return shown_store(place)
    except LeakGuardError:
        return "URL"
