"""Lints the texts that users read, by the rules of `prose.yaml`: `PYTHONPATH=tests python tests/rules/prose.py`.

Documents, help texts, messages in the source and the texts of checks and playbooks are read. Code, quotations of
commands and whatever stands between backticks are left out.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "leakguard"
LEFT = ROOT / "tests" / "rules" / "prose_left.txt"
"""Phrases that the source still has. The list may only become shorter; `prose.py --keep` writes it."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MANY_WORDS = 3
"""A constant of fewer words is a name or a label, not a sentence."""
_CODE = re.compile(r"<!-- commands:begin.*?<!-- commands:end -->|```.*?```|~~~.*?~~~|`[^`\n]*`|<!--.*?-->", re.DOTALL)
"""What is no prose. The generated table of commands repeats help texts, which are read where they come from."""
_REFUSED = re.compile(r"\|[^|\n]*\|$", re.MULTILINE)
"""The last column of the glossary: the words that it says not to use."""
_TEXT_KEYS = frozenset(
    {"title", "why", "reason", "remediation", "text", "do", "do_not", "summary", "explanation", "note"}
)


class Rule:
    """One line of `prose.yaml`."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.id, self.write, self.example = str(raw["id"]), str(raw["write"]), str(raw["example"])
        self._pattern = re.compile(raw["pattern"])
        self._right = [re.compile(one) for one in raw.get("except", ())]

    def found(self, text: str) -> Iterator[str]:
        """The phrases of a text that the rule refuses."""
        for match in self._pattern.finditer(text):
            around = text[max(0, match.start() - 30) : match.end() + 30]
            if not any(right.search(around) for right in self._right):
                yield match.group(0)


def rules() -> tuple[Rule, ...]:
    """All rules."""
    return tuple(Rule(raw) for raw in yaml.safe_load((ROOT / "tests" / "rules" / "prose.yaml").read_text("utf-8")))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every text that a user reads, with the place where it stands."""
    return (*_documents(), *_helps(), *_messages(), *_data())


def _documents() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = _CODE.sub(" ", path.read_text("utf-8"))
        yield str(path.relative_to(ROOT)), _REFUSED.sub("|", text) if path.name == "glossary.md" else text


def _helps() -> Iterator[tuple[str, str]]:
    from leakguard.cli.app import app  # noqa: PLC0415  (the command tree is large)

    yield from _help_of("leakguard", app)


def _help_of(name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    yield f"{name} --help", _CODE.sub(" ", command.help or "")
    for option in command.params:
        yield f"{name} {option.opts[0]}", _CODE.sub(" ", getattr(option, "help", None) or "")
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _help_of(f"{name} {inner}", found)


def _messages() -> Iterator[tuple[str, str]]:
    """Constants of the source that are sentences; docstrings are for those who read the code."""
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        nodes = tuple(ast.walk(tree))
        silent = {id(one.value) for one in nodes if isinstance(one, ast.Expr)}
        inner = {id(part) for one in nodes if isinstance(one, ast.JoinedStr) for part in one.values}
        for one in nodes:
            if id(one) in silent | inner:
                continue
            text = _constant(one)
            if len(text.split()) > MANY_WORDS:
                yield f"{path.relative_to(ROOT)}:{one.lineno}", _CODE.sub(" ", text)  # type: ignore[attr-defined]


def _constant(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    return ""


def _data() -> Iterator[tuple[str, str]]:
    for folder in ("checks", "cloud_checks", "playbooks"):
        for path in sorted((ROOT / folder).glob("*.yaml")):
            for text in _texts_in(yaml.load(path.read_text("utf-8"), Loader=LOADER)):  # noqa: S506  (both are safe)
                yield str(path.relative_to(ROOT)), _CODE.sub(" ", text)


def _texts_in(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts_in(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner, key)
    elif isinstance(value, str) and key in _TEXT_KEYS:
        yield value


def problems() -> list[str]:
    """`place: phrase (rule): what to write`, one a line."""
    return [f"{place}: {phrase!r} ({rule.id}): write {rule.write}" for place, rule, phrase in _findings()]


def hard_problems() -> list[str]:
    """The problems of documents and of the texts of checks and playbooks: there must be none."""
    return [line for line in problems() if not _is_of_the_source(line)]


def left() -> list[str]:
    """What the source still has, sorted, as `place: phrase (rule)` without the number of the line."""
    found = ((re.sub(r"\.py:\d+$", ".py", place), rule, phrase) for place, rule, phrase in _findings())
    lines = (f"{place}: {phrase} ({rule.id})" for place, rule, phrase in found)
    return sorted(line for line in lines if _is_of_the_source(line))


@cache
def _findings() -> tuple[tuple[str, Rule, str], ...]:
    known = rules()
    return tuple((place, rule, phrase) for place, text in texts() for rule in known for phrase in rule.found(text))


def _is_of_the_source(line: str) -> bool:
    return line.startswith(("src/", "leakguard "))


if __name__ == "__main__":
    if "--keep" in sys.argv:
        LEFT.write_text("".join(f"{line}\n" for line in left()), encoding="utf-8")
    found = problems()
    sys.stdout.write("\n".join([*found, f"{len(found)} problems"]) + "\n")
    sys.exit(bool(found))
