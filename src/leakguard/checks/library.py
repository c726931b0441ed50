"""The library: all check files together, refused together when any of them is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leakguard.checks.compiled import stated_in, to_compiled
from leakguard.checks.definitions import CheckDefinition
from leakguard.errors import BadFile, Problem


def load_library(texts: Mapping[str, str], compiled: bytes | str = "") -> tuple[CheckDefinition, ...]:
    """Read check files by name, sorted by id; raises `BadFile` with the problems of all of them.

    `compiled` is what `compile_library` made of them, or of an older state of them, or nothing.
    """
    known = stated_in(compiled, texts) if compiled else {}
    found: dict[str, CheckDefinition] = {}
    problems: list[Problem] = []
    for name, text in sorted(texts.items()):
        try:
            definition = CheckDefinition(known[name]) if name in known else parse_check(text, name=name)
        except BadFile as bad:
            problems.extend(_in_file(name, problem) for problem in bad.problems)
            continue
        problems.extend(_in_file(name, problem) for problem in _library_problems(definition, name, found))
        found[definition.id] = definition
    if problems:
        raise BadFile("checks", tuple(problems))
    return tuple(found[check_id] for check_id in sorted(found))


def compile_library(texts: Mapping[str, str]) -> str:
    """The check files in a form that is read at once; raises `BadFile`."""
    return to_compiled(texts, {name: parse_check(text, name=name).stated for name, text in texts.items()})


def ports_of(library: Iterable[CheckDefinition]) -> tuple[int, ...]:
    """Every default port of the checks, sorted, each once."""
    return tuple(sorted({port for definition in library for port in definition.probe.ports}))


def _library_problems(definition: CheckDefinition, name: str, found: Mapping[str, CheckDefinition]) -> list[Problem]:
    problems = []
    if definition.id in found:
        problems.append(Problem(where="id", text="another check file has this id"))
    if name.rpartition("/")[2].removesuffix(".yaml") != definition.id:
        problems.append(Problem(where="id", text="the file must be named after its id"))
    return problems


def _in_file(name: str, problem: Problem) -> Problem:
    where = f"{name}: {problem.where}" if problem.where else name
    return Problem(where=where, text=problem.text, line=problem.line, nearest=problem.nearest)


def parse_check(text: str, *, name: str) -> CheckDefinition:
    """Read one check file; raises `BadFile` with every problem, its line and the nearest known name."""
    from leakguard.checks.shapes import read_check  # noqa: PLC0415  (a scan needs no shape of a file)

    return CheckDefinition(read_check(text, name=name))
