"""The colours of a drawing, for a light and for a dark page; every state is also said in words."""

from __future__ import annotations

_ROLES = ("#2f6fd0", "#c2571a", "#2c8a57", "#8a4fc4", "#b8336a", "#8a7400", "#0f8b8d", "#6b6f76")
COLOURS = len(_ROLES)
"""Roles beyond these begin again with the first colour; each box names its role."""
_LIGHT = {
    "page": "fill:#ffffff",
    "head": "fill:#14181f",
    "ink": "fill:#14181f",
    "soft": "fill:#515a67",
    "box": "fill:#f5f7fa;stroke:#8a94a3",
    "round": "fill:#e3e8ef;stroke:#8a94a3",
    "rule": "stroke:#c9d0d9",
    "next": "#5a6472",
    "failed": "#b3261e",
    "again": "#7a4fb5",
    "done": "fill:#dff3e5;stroke:#1f7a3a",
    "current": "fill:#fff1cc;stroke:#b36b00",
    "trouble": "fill:#fbdcdc;stroke:#b3261e",
    "skipped": "fill:#f0f0f0;stroke:#9a9a9a",
}
_DARK = {
    "page": "fill:#12161c",
    "head": "fill:#f2f5f9",
    "ink": "fill:#f2f5f9",
    "soft": "fill:#aab4c2",
    "box": "fill:#1f2630;stroke:#6d7887",
    "round": "fill:#2b3440;stroke:#6d7887",
    "rule": "stroke:#3a4452",
    "next": "#9aa6b5",
    "failed": "#ff8a80",
    "again": "#c5a3f5",
    "done": "fill:#17402a;stroke:#5fc488",
    "current": "fill:#4d3900;stroke:#ffc04d",
    "trouble": "fill:#551d1a;stroke:#ff8a80",
    "skipped": "fill:#232830;stroke:#6d7887",
}


def _themed(theme: dict[str, str]) -> str:
    lines = "".join(
        f".line.{kind}{{stroke:{theme[kind]}}}.tip-{kind}{{fill:{theme[kind]}}}" for kind in ("next", "failed", "again")
    )
    return (
        f".page{{{theme['page']}}}.head,.title{{{theme['ink']}}}.soft,.small,.clock{{{theme['soft']}}}"
        f".box{{{theme['box']}}}.round{{{theme['round']}}}.rule{{{theme['rule']}}}{lines}"
        f".done .box{{{theme['done']}}}.current .box{{{theme['current']}}}"
        f".step.failed .box{{{theme['trouble']}}}.skipped .box{{{theme['skipped']}}}"
    )


STYLE = (
    "text{font-family:system-ui,'Segoe UI','Noto Sans','Noto Sans CJK SC','DejaVu Sans',sans-serif;font-size:12px}"
    ".head{font-size:20px;font-weight:600}.title{font-size:13px;font-weight:600}.middle{text-anchor:middle}"
    ".state{font-size:12px;font-weight:600}"
    ".box{stroke-width:1.4}.round{stroke-width:1.4}.rule{stroke-width:1;fill:none}.line{fill:none;stroke-width:1.6}"
    ".failed.line{stroke-dasharray:7 4}.again.line{stroke-dasharray:2 4}"
    ".current .box,.step.failed .box{stroke-width:3.2}.skipped .box{stroke-dasharray:5 4}"
    + "".join(f".r{number}{{fill:{colour}}}" for number, colour in enumerate(_ROLES))
    + ".state{fill:#14181f}"
    + _themed(_LIGHT)
    + "@media (prefers-color-scheme:dark){.state{fill:#f2f5f9}"
    + _themed(_DARK)
    + "}"
)
