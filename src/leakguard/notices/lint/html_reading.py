"""The passages of a letter in HTML, with the line that each begins in."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from leakguard.notices.lint.passages import Kind, Passage

_KINDS: dict[str, Kind] = {"h1": "title", **{f"h{level}": "heading" for level in range(2, 7)}}
_IN_LINE = frozenset({"a", "abbr", "b", "em", "i", "span", "strong", "u", "small", "mark", "time", "br", "wbr"})
_UNSEEN = frozenset({"script", "style", "title", "template", "header", "footer"})
"""Not shown, or the frame of a letter: who writes, and what the draft rests on."""


def passages_in_html(text: str) -> Iterator[Passage]:
    """Headings, paragraphs, entries of numbered lists, and rows whose first cell heads them."""
    reader = _HtmlTextReader()
    reader.feed(text)
    reader.close()
    reader.end()
    return iter(reader.found)


class _HtmlTextReader(HTMLParser):
    """Collects text until an element that is no part of a line begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage] = []
        self._hidden = 0
        self._lists: list[str] = []
        self._kind: Kind = "paragraph"
        self._label, self._text, self._line = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  (given by the library)
        self._hidden += tag in _UNSEEN
        if tag == "br":
            self._text += " "
        if tag in _IN_LINE:
            return
        self.end()
        if tag in {"ol", "ul"}:
            self._lists.append(tag)
        self._kind = _KINDS.get(tag, "step" if tag == "li" and self._lists[-1:] == ["ol"] else self._kind)
        if tag == "td" and self._label:
            self._kind = "row"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))
        if tag in _IN_LINE:
            return
        if tag == "th":
            self._label, self._text = " ".join(self._text.split()), ""
        self.end()
        if tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        if tag == "tr":
            self._label = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            if not self._text.strip():
                self._line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
            self._text += data

    def end(self) -> None:
        """What was collected is one passage."""
        text = " ".join(self._text.split())
        if text:
            label = self._label if self._kind == "row" else ""
            self.found.append(Passage(where=f"line {self._line}", kind=self._kind, text=text, label=label))
        self._kind, self._text = "paragraph", ""
