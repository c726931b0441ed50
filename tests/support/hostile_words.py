"""Words that a host might send to fool whoever reads a report: escapes, other directions, markup, formulas."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from leakguard.frozen import Frozen, names_of, replace
from leakguard.models.findings import (
    Decoy,
    DecoyVerdict,
    Finding,
    RansomSigns,
)
from support.findings import make_finding

POISON = (
    "=cmd|' /C calc'!A1\x1b[31m\x1b]0;title\x07\x9b2J\r\nforged: line\t\x00\x7f\u202egnp.exe\u2066\u2028\u200b"
    "<script>alert(1)</script>[bold]loud[/bold]\ud800"
)
TRICKS = {
    "a style of rich": "[red]loud[/red]",
    "the end of a style that never began": "[/loud]",
    "a picture in an address": "2001:db8::a:1",
    "a link of Markdown": "[loud](http://evil.example)",
    "the end of a link": "loud](http://evil.example)",
    "a picture of Markdown": "![loud](http://evil.example/x.png)",
    "a formula": "=cmd|' /C calc'!A1",
    "a formula behind a space": " =1+1",
    "a formula of full width": "＝1+1",
    "a tag": "<script>alert(1)</script>",
    "an attribute": '" onload="alert(1)',
    "a link of a terminal": "\x1b]8;;http://evil.example\x07loud\x1b]8;;\x07",
    "a style of a terminal": "\x1b[31mloud\x9b0m",
}
"""What some output might take for more than a text; each is short enough to stand whole in every table."""
T = TypeVar("T")


def hostile_finding(words: str = POISON) -> Finding:
    """A finding in which every field that is text says the worst."""
    finding = make_finding()
    verdict = replace(
        finding.verdict,
        decoy=Decoy(verdict=DecoyVerdict.SUSPECTED, signals=("x",)),
        ransomed=RansomSigns(verdict="yes", markers=("x",)),
    )
    return poisoned(replace(finding, verdict=verdict), words)


def poisoned(value: T, words: str = POISON) -> T:
    """The value with every text in it, however deep, replaced; enumerated words are ours and stay."""
    return _poisoned(value, words)  # type: ignore[no-any-return]  # (the same kind of value)


def _poisoned(value: Any, words: str) -> Any:  # noqa: ANN401  (any field of a finding)
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return words
    if isinstance(value, tuple):
        return tuple(_poisoned(each, words) for each in value)
    if isinstance(value, Frozen):
        return replace(value, **{name: _poisoned(getattr(value, name), words) for name in names_of(type(value))})
    return value
