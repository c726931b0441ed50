"""A report's paper as plain values, for templates; each block has its `kind`."""

from __future__ import annotations

from typing import Any

from leakguard.documents.sheet_cells import clean
from leakguard.frozen import as_dict, replace
from leakguard.reports.paper import Block, Drawing, Paper


def paper_values(paper: Paper) -> dict[str, Any]:
    """Everything that a template shows."""
    sections = [
        {"name": section.name, "title": clean(section.title), "blocks": [_block(block) for block in section.blocks]}
        for section in paper.sections
    ]
    return {**_cleaned(as_dict(replace(paper, sections=()))), "sections": sections}


def _block(block: Block) -> dict[str, Any]:
    kind = type(block).__name__.lower()
    if isinstance(block, Drawing):
        figure = block.figure
        alt = clean(f"{figure.title}. {figure.description}")
        return {"kind": kind, "title": clean(figure.title), "alt": alt, "svg": figure.svg}
    return {"kind": kind, **_cleaned(as_dict(block))}


def _cleaned(value: Any) -> Any:  # noqa: ANN401  (texts, and what holds them)
    """Every text without signs that turn the reading direction or show nothing: a host may have written it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _cleaned(item) for name, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, tuple | list) else value
