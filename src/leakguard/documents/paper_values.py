"""A report's paper as plain values, for templates; each block has its `kind`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from leakguard.reports.paper import Block, Drawing, Paper


def paper_values(paper: Paper) -> dict[str, Any]:
    """Everything that a template shows."""
    sections = [
        {"name": section.name, "title": section.title, "blocks": [_block(block) for block in section.blocks]}
        for section in paper.sections
    ]
    return {**asdict(paper), "sections": sections}


def _block(block: Block) -> dict[str, Any]:
    kind = type(block).__name__.lower()
    if isinstance(block, Drawing):
        figure = block.figure
        return {"kind": kind, "title": figure.title, "alt": f"{figure.title}. {figure.description}", "svg": figure.svg}
    return {"kind": kind, **asdict(block)}
