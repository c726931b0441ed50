"""A drawing as Mermaid text, for tickets, wikis and code hosts that draw it."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.playbooks.drawing.picture import END, START, Box, Drawing, LineKind
from leakguard.playbooks.states import StepState

_SHAPES = {"human": ('["', '"]'), "automated": ('[["', '"]]'), "decision": ('{{"', '"}}'), "notice": ('>"', '"]')}
_ARROWS = {LineKind.NEXT: "-->", LineKind.FAILED: "-. failed .->", LineKind.AGAIN: "-. again .->"}
_CLASSES = {
    "done": "fill:#d9f2df,stroke:#1f7a3a,color:#0b3d1a",
    "current": "fill:#fff1cc,stroke:#b36b00,stroke-width:4px,color:#4a2c00",
    "failed": "fill:#fbdcdc,stroke:#b3261e,stroke-width:4px,color:#5c0f0a",
    "skipped": "fill:#eeeeee,stroke:#888888,stroke-dasharray:5 4,color:#555555",
}
"""Each sets its own text colour, so that it reads on a light and on a dark page."""
STATE_CLASSES = {
    StepState.DONE: "done",
    StepState.READY: "current",
    StepState.RUNNING: "current",
    StepState.UNSURE: "failed",
    StepState.FAILED: "failed",
    StepState.SKIPPED: "skipped",
}
"""How a state looks; what waits looks like nothing special."""
_ESCAPES = {letter: f"#{ord(letter)};" for letter in '"#<>&`%;\\'}


def render_mermaid(drawing: Drawing) -> str:
    """A flowchart from top to bottom; every word of the playbook is quoted and escaped."""
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(drawing))]) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    clocks = [_words(f"Clock {text}") for text in drawing.clocks]
    yield f'head["{"<br/>".join([f"<b>{_words(drawing.title)}</b>", _words(drawing.subtitle), *clocks])}"]'
    yield "style head fill:none,stroke:none"
    yield f"head ~~~ {_id(START)}"
    for box in drawing.boxes:
        yield _box(box)
    for line in drawing.lines:
        yield f"{_id(line.source)} {_ARROWS[line.kind]} {_id(line.target)}"
    if drawing.is_running:
        yield from _states(drawing)


def _states(drawing: Drawing) -> Iterator[str]:
    for name, style in _CLASSES.items():
        ids = [_id(box.id) for box in drawing.boxes if box.mark and STATE_CLASSES.get(box.mark.state) == name]
        if ids:
            yield f"classDef {name} {style}"
            yield f"class {','.join(ids)} {name}"


def _box(box: Box) -> str:
    if box.step is None:
        return f"{_id(box.id)}(({box.id.strip('()')}))"
    before, after = _SHAPES[box.step.kind]
    texts = [f"<b>{_words(box.step.title)}</b>", _words(f"{box.id}, {box.step.kind}"), *map(_words, box.notes)]
    if box.mark is not None:
        texts.append(_words(": ".join(filter(None, (box.mark.state.value, box.mark.text)))))
    return f"{_id(box.id)}{before}{'<br/>'.join(texts)}{after}"


def _id(name: str) -> str:
    """A prefix, because `end` is a word of Mermaid's own."""
    return {START: "begin", END: "finish"}.get(name, f"s_{name}")


def _words(text: str) -> str:
    """Nothing in it can end the quotes, begin a tag, or be read as Mermaid's own marks."""
    return "".join(_ESCAPES.get(letter, letter if letter.isprintable() else " ") for letter in text)
