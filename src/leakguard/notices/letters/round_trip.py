"""Holds a letter that somebody edited against the letter that was drafted: which free passages differ, and what else.

Nothing of the edited letter is trusted: each of its lines is compared with a line of the draft. A marked draft says
which parts of a line are the words of a fact. Only these may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from leakguard.frozen import Frozen

MOST_LINES = 5_000
"""Of one letter; the longest that ships has some 150."""
MOST_PAIRS = 20_000
"""Pairs of lines that are compared where both letters differ; beyond it they are two letters."""
ALIKE = 0.5
"""From so much likeness on, of 1, two lines are taken for one that was changed."""
_MARK = "ZZMARK{number:05d}ZZ"
_MARKED = re.compile(r"ZZMARK(\d{5})ZZ")
_AS_TYPED = str.maketrans(
    {"\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
     "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
     "\N{DOUBLE LOW-9 QUOTATION MARK}": '"', "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{NON-BREAKING HYPHEN}": "-"}
)  # fmt: skip
"""What word processors change by themselves; one sign for one sign, so that places in a line stay."""
_STOPS = ".。"


class ChangedLine(Frozen):
    """A line that differs in what is no free passage."""

    index: int
    """Of the line in the draft."""
    was: str
    now: str
    """Empty where the line is gone."""


class EditedChanges(Frozen):
    """What an edited letter changed."""

    passages: Mapping[int, tuple[str, ...]]
    """By the number of a mark: what stands in its place now, more than one where its places differ."""
    changed: tuple[ChangedLine, ...] = ()
    added: tuple[str, ...] = ()
    """Lines that the draft has not."""


def mark(number: int, text: str) -> str:
    """What stands for a text in the marked letter: a word that ends as the text does."""
    stop = text.rstrip()[-1:]
    return _MARK.format(number=number) + (stop if stop and stop in _STOPS else "")


def marks_in(text: str) -> tuple[int, ...]:
    """The marks of a text in their order."""
    return tuple(int(found) for found in _MARKED.findall(text))


def compare(drafted: Sequence[str], marked: Sequence[str], edited: Sequence[str]) -> EditedChanges:
    """Compare an edited letter with the draft; `marked` is the draft with a mark in the place of each free text.

    Raises `ValueError` for letters that are too long, or have so little in common that they are two letters.
    """
    if len(drafted) != len(marked) or len(edited) > MOST_LINES:
        raise ValueError("the two letters have too little in common to be compared")
    patterns = [_pattern(line) for line in marked]
    changed: list[ChangedLine] = []
    added: list[str] = []
    passages: dict[int, dict[str, None]] = {}
    for index, line in _paired(drafted, patterns, edited, added):
        if line is None:
            changed.append(ChangedLine(index=index, was=drafted[index], now=""))
            continue
        words = _words(patterns[index], line)
        if words is None:
            changed.append(ChangedLine(index=index, was=drafted[index], now=line))
        for number, text in zip(marks_in(marked[index]), words or (), strict=False):
            passages.setdefault(number, {})[text] = None
    return EditedChanges(
        passages={number: tuple(texts) for number, texts in passages.items()}, changed=tuple(changed),
        added=tuple(added),
    )  # fmt: skip


def plain(line: str) -> str:
    """A line without what a word processor changes by itself: kinds of quotation marks, dashes and spaces."""
    return " ".join(line.split()).translate(_AS_TYPED)


def _pattern(line: str) -> re.Pattern[str] | None:
    """What a line may become: any words in the places of its marks; `None` for a line without any."""
    fixed = _MARKED.split(plain(line))[::2]
    if len(fixed) == 1:
        return None
    return re.compile(f"(.+?)[{_STOPS}]?".join(re.escape(part.lstrip(_STOPS)) for part in fixed), re.DOTALL)


def _words(pattern: re.Pattern[str] | None, line: str) -> tuple[str, ...] | None:
    """The words in the places of the marks; `None` where something else differs."""
    found = pattern.fullmatch(plain(line)) if pattern is not None else None
    whole = " ".join(line.split())
    return tuple(whole[slice(*span)] for span in found.regs[1:]) if found is not None else None


def _paired(
    drafted: Sequence[str], patterns: Sequence[re.Pattern[str] | None], edited: Sequence[str], added: list[str]
) -> Iterator[tuple[int, str | None]]:
    """Each line of the draft that differs, with what became of it; what the draft has not goes to `added`."""
    was, now = [plain(line) for line in drafted], [plain(line) for line in edited]
    for kind, low, high, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if (high - low) * (last - first) > MOST_PAIRS:
            raise ValueError("the two letters have too little in common to be compared")
        at = first
        for index in range(low, high):
            found = _counterpart(was[index], patterns[index], now[at:last])
            if found is None:
                yield index, None
                continue
            added += edited[at : at + found]
            yield index, edited[at + found]
            at += found + 1
        added += edited[at:last]


def _counterpart(was: str, pattern: re.Pattern[str] | None, lines: Sequence[str]) -> int | None:
    """Which of the lines the one of the draft became: the most alike of those that it may have become."""
    able = [
        (SequenceMatcher(None, was, line, autojunk=False).quick_ratio(), -index)
        for index, line in enumerate(lines)
        if (pattern is not None and pattern.fullmatch(line)) or _are_alike(was, line)
    ]
    return -max(able)[1] if able else None


def _are_alike(was: str, now: str) -> bool:
    return SequenceMatcher(None, was, now, autojunk=False).quick_ratio() >= ALIKE
