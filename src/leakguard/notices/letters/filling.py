"""Fills the texts of a template, strictly: an unknown name and an unknown fact are errors, never a gap in a letter.

A text may show a name and ask whether one is there, and nothing else: no call, no attribute, no loop, no arithmetic.
So nobody's template can reach outside the letter or keep a machine busy. The tree is held against that list before
jinja makes anything of it: jinja works out `{{ 10 ** 100000000 }}` while it compiles. What is left takes as many steps
as the text has names, and the length of what comes out is bounded. jinja's sandbox is the second wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leakguard.frozen import Frozen
from leakguard.notices.wording import closed_up

ALWAYS_KNOWN = frozenset(
    {"incident", "law", "foreign_law", "recipient", "late", "aware_at", "since", "stage", "follow_up", "breach_known",
     "breach_possible", "breach_seen", "copy_unknown", "still_open", "guide"}
)  # fmt: skip
"""Names beside the facts that every text may use. `follow_up` is the stage of a notice after the first; `since` is a
sentence in a first notice to an authority that says when we became aware, or whatever its limit counts from;
`foreign_law` the law where the letter's language has no name for it: it is a title then, and no part of a sentence.
`breach_known` and `breach_possible` say whether the data leaked, were altered or lost, and what of it may be so;
`breach_seen` is there where somebody without permission saw them, and nobody knows yet whether they were copied;
`guide` is a recommended standard that a joined letter follows beside laws;
`copy_unknown` is there where nobody knows yet whether they were copied, `still_open` where the letter tells anything
that nobody knows yet."""
MOST_CHARACTERS = 4_000
"""Of one text; the longest that ships has some hundred."""
MOST_FILLED = 200_000
"""Characters of one filled text; a letter of a hundred pages has as many."""
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_FLAT = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
_WHAT: dict[type[nodes.Node], str] = {
    nodes.Getattr: "looks into a value",
    nodes.Getitem: "looks into a value",
    nodes.Call: "calls something",
    nodes.Filter: "uses a filter",
    nodes.For: "repeats something",
}
_JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, optimized=False)


class ReadyText(Frozen):
    """A text that was looked at: ready to be filled when it has no problem."""

    problems: tuple[str, ...]
    """Everything in it that a text must not hold."""
    names: tuple[str, ...] = ()
    """The names that it uses, sorted."""


@lru_cache(maxsize=16_384)
def ready(text: str) -> ReadyText:
    """Look at a text; the same text is read once, however many letters and languages are looked through."""
    if len(text) > MOST_CHARACTERS:
        return ReadyText(problems=(f"is longer than {MOST_CHARACTERS:,} characters",))
    try:
        tree = _JINJA.parse(text)
        names = tuple(sorted({node.name for node in tree.find_all(nodes.Name)}))
        problems = tuple(dict.fromkeys(_foreign(tree)))
        if not problems and not all(isinstance(node, _FLAT) for node in tree.find_all(nodes.Node)):
            _compiled(text)  # what is nested may be too deep for it; else it waits until the text is filled
        return ReadyText(problems=problems, names=names)
    except (TemplateError, SyntaxError, RecursionError) as error:
        return ReadyText(problems=(f"cannot be read as a template ({type(error).__name__})",))


@lru_cache(maxsize=2_048)
def _compiled(text: str) -> Template:
    return _JINJA.from_string(text)


def _foreign(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            what = _WHAT.get(type(node), f"does more than a letter needs ({type(node).__name__.lower()})")
            yield f"{what}; it may only show a name and ask whether it is there"


class LetterTexts:
    """Fills texts with the words of one letter."""

    def __init__(self, words_for: Callable[[str], Any]) -> None:
        """`words_for` gives the words behind a name, `None` for a fact that nobody stated.

        It raises `KeyError` for an unknown name, and `ValueError` for words that cannot be had.
        Only names that a text uses are asked for.
        """
        self._words_for = words_for

    def fill(self, text: str, own: Mapping[str, str] | None = None) -> str:
        """The filled text; raises `ValueError` with all that is wrong with it.

        `own` are names that this text alone may use.
        """
        found = ready(text)
        problems = list(found.problems)
        words = dict(self._words(found.names, own or {}, problems))
        filled = "" if problems else _filled(_compiled(text), words, problems)
        problems += [f"names `{word.name}`, which nobody stated" for word in words.values() if _was_shown(word)]
        if problems:
            raise ValueError(f"a text of the template cannot be filled: it {'; it '.join(problems)}")
        return closed_up(filled)

    def _words(self, names: tuple[str, ...], own: Mapping[str, str], problems: list[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            try:
                word = own[name] if name in own else self._words_for(name)
            except KeyError:
                problems.append(f"names `{name[:60]}`, which is not known")
                continue
            yield name, _Unstated(name) if word is None else word


def _filled(template: Template, words: Mapping[str, Any], problems: list[str]) -> str:
    """The text piece by piece, until it is longer than any letter is."""
    pieces, length = [], 0
    for piece in template.generate(words):
        length += len(piece)
        if length > MOST_FILLED:
            problems.append(
                f"becomes longer than {MOST_FILLED:,} characters; name long facts less often, or shorten them"
            )
            return ""
        pieces.append(piece)
    return "".join(pieces)


class _Unstated:
    """Stands for a fact that nobody stated: false when a text asks for it, an error when a text shows it."""

    def __init__(self, name: str) -> None:
        self.name, self.is_shown = name, False

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        self.is_shown = True
        return ""


def _was_shown(word: object) -> bool:
    return isinstance(word, _Unstated) and word.is_shown
