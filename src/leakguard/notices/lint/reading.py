"""A letter that a person edited, as passages: from plain text, Markdown or HTML; headings need no markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from leakguard.models.languages import Lang
from leakguard.notices.letters.text import is_html, parse_letter
from leakguard.notices.lint.html_reading import passages_in_html
from leakguard.notices.lint.passages import Kind, Passage

LONGEST_HEADLINE = 60
"""Signs of a line that may be a heading although nothing marks it as one."""
_STEP = re.compile(r"\s{0,4}(\d{1,2})[.)．、]\s*(\S.*)")
_MARKED = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BOLD = re.compile(r"(?:\*\*|__)(.+?)(?:\*\*|__)$")
_UNDER = re.compile(r"[-=]{3,}$")
_BULLET = re.compile(r"[-*•·]\s")
_RULE_OF_TABLE = re.compile(r"\|[|\s:-]+$")
_GAP = re.compile(r"\s{2,}")
_ENDS = (".", "!", "?", ",", ":", ";", "。", "！", "？", "，", "：", "；")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~.)+=-])")
_HANGUL, _KANA, _CHINESE = re.compile("[\uac00-\ud7af]"), re.compile("[\u3040-\u30ff]"), re.compile("[\u4e00-\u9fff]")


def read_passages(text: str, *, name: str) -> tuple[Passage, ...]:
    """The passages of a letter; raises `BadFile` for what is no letter. The frame below a closing rule is left out."""
    parse_letter(text, name=name)
    found = passages_in_html(text) if is_html(text) else _Plain().read(text)
    return tuple(found)


def guess_language(text: str) -> Lang:
    """By its script: Korean, Japanese, Chinese, else English; languages in Latin letters must be named."""
    if _HANGUL.search(text):
        return "ko"
    if 10 * len(_KANA.findall(text)) > len(text):
        return "ja"
    return "zh" if 4 * len(_CHINESE.findall(text)) > len(text) else "en"


@dataclass(slots=True)
class _Plain:
    """Reads line by line; what belongs together is collected until an empty line, or the next of its kind, ends it."""

    kind: Kind = "paragraph"
    label: str = ""
    number: str = ""
    start: int = 0
    lines: list[str] = field(default_factory=list)

    def read(self, text: str) -> Iterator[Passage]:
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if _UNDER.match(stripped):
                if not self.lines:
                    break  # a rule across the page: below it stands what the letter rests on
                yield self._headline("title" if stripped[0] == "=" else "heading")
            elif not stripped or _RULE_OF_TABLE.match(stripped):
                yield from self._ended()
            else:
                yield from self._line(number, line)
        yield from self._ended()

    def _line(self, number: int, line: str) -> Iterator[Passage]:
        stripped = line.strip().removesuffix("\\").strip()
        marked, bold = _MARKED.match(stripped), _BOLD.match(stripped)
        row = _row(stripped, may_have_gaps=not (self.kind == "step" and self.lines))
        step = _STEP.match(line)
        if marked or bold:
            yield from self._ended()
            kind: Kind = "title" if marked and len(marked[1]) == 1 else "heading"
            yield _passage(number, kind, (marked[2] if marked else bold[1] if bold else ""))
        elif step or row:
            yield from self._ended(leads=step is not None)
            self.start, self.kind = number, "step" if step else "row"
            self.number = step[1] if step else ""
            self.label, first = ("", step[2]) if step else row or ("", "")
            self.lines = [first]
        elif _BULLET.match(stripped):
            yield from self._ended()
            self.start, self.lines = number, [stripped]
        else:
            self.start = self.start if self.lines else number
            self.lines.append(stripped)

    def _headline(self, kind: Kind) -> Passage:
        """Lines over a rule of dashes; a number before them belongs to the heading."""
        number = f"{self.number}. " if self.number else ""
        passage = _passage(self.start, kind, f"{number}{_joined(self.lines)}")
        self._forget()
        return passage

    def _ended(self, *, leads: bool = False) -> Iterator[Passage]:
        """What was collected; `leads` when a numbered list follows, whose heading may end with a colon."""
        text = _joined(self.lines)
        if text:
            shown = text.rstrip(":： ") if leads else text
            is_headline = self.kind == "paragraph" and len(self.lines) == 1 and _is_headline(shown)
            yield _passage(self.start, "heading" if is_headline else self.kind, text, self.label)
        self._forget()

    def _forget(self) -> None:
        self.kind, self.label, self.number, self.lines = "paragraph", "", "", []


def _row(line: str, *, may_have_gaps: bool) -> tuple[str, str] | None:
    """A row of a table: between pipes, or two texts with a gap of several spaces between them."""
    if len(line) > 1 and line[0] == line[-1] == "|":
        cells = [cell.strip() for cell in line[1:-1].split("|")]
        return cells[0], " ".join(cells[1:])
    parts = _GAP.split(line, maxsplit=1) if may_have_gaps else []
    return (parts[0], parts[1]) if len(parts) > 1 else None


def _passage(number: int, kind: Kind, text: str, label: str = "") -> Passage:
    shown, above = _ESCAPED.sub(r"\1", text), _ESCAPED.sub(r"\1", label)
    return Passage(where=f"line {number}", kind=kind, text=shown, label=above)


def _is_headline(text: str) -> bool:
    return len(text) <= LONGEST_HEADLINE and not text.endswith(_ENDS) and not _BULLET.match(text)


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph; between two Chinese or Japanese signs the end of a line was no space."""
    text = ""
    for line in lines:
        is_wide = text != "" and _is_wide(text[-1]) and _is_wide(line[0])
        text = f"{text}{line}" if is_wide or not text else f"{text} {line}"
    return text


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF" and not _HANGUL.match(sign)
