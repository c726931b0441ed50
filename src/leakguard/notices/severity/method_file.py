"""Reads the files of `duties/severity/`, and names everything that is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import load, nearest_name
from leakguard.notices.severity.methods import FACT_OF, DecisionTable, EnisaMethod, Factor, Scale
from leakguard.notices.vocabulary import Vocabulary


def parse_table(text: str, *, name: str, vocabulary: Vocabulary) -> DecisionTable:
    """Read a decision table; raises `BadFile` with all problems."""
    table = load(text, DecisionTable, name=name)
    _refuse(name, (*_table_problems(table), *_factor_problems(table.factors, "factors", vocabulary)))
    return table


def parse_enisa(text: str, *, name: str, vocabulary: Vocabulary) -> EnisaMethod:
    """Read the parameters of ENISA's method; raises `BadFile` with all problems."""
    method = load(text, EnisaMethod, name=name)
    _refuse(name, (*_enisa_problems(method, vocabulary), *_factor_problems(method.flags, "flags", vocabulary)))
    return method


def _refuse(name: str, problems: tuple[Problem, ...]) -> None:
    if problems:
        raise BadFile(name, problems)


def _table_problems(table: DecisionTable) -> Iterator[Problem]:
    ids = [factor.id for factor in table.factors]
    for identifier in sorted({identifier for identifier in ids if ids.count(identifier) > 1}):
        yield Problem(where="factors", text=f"the id `{identifier}` stands here twice")
    for index, row in enumerate(table.rows):
        if not row.factors:
            yield Problem(where=f"rows[{index}]", text="names no factor, so it would always hold")
        for unknown in sorted(set(row.factors) - set(ids)):
            near = nearest_name(unknown, ids)
            yield Problem(where=f"rows[{index}]", text=f"unknown factor `{unknown}`", nearest=near)
    used = [row.outcome for row in table.rows]
    used += [table.otherwise.outcome, *([table.presumed] if table.presumed else [])]
    for outcome in sorted(set(used) - set(table.outcomes)):
        yield Problem(where="outcomes", text=f"unknown outcome `{outcome}`")


def _enisa_problems(method: EnisaMethod, vocabulary: Vocabulary) -> Iterator[Problem]:
    heads = {*method.class_of, *method.inherits, *method.unclassed}
    for missing in sorted(name for name in vocabulary.categories if name.split(".", maxsplit=1)[0] not in heads):
        yield Problem(where="class_of", text=f"the kind of data `{missing}` has no class")
    for unknown in sorted(name for name in heads if not vocabulary.is_category(name)):
        yield Problem(where="class_of", text=f"unknown kind of data `{unknown}`")
    for unknown in sorted(set(method.class_of.values()) - set(method.classes)):
        yield Problem(where="class_of", text=f"unknown class `{unknown}`")
    yield from _scale_problems(method, vocabulary)
    starts = [band.start for band in method.bands]
    if starts != sorted(set(starts)) or starts[0] != 0:
        yield Problem(where="bands", text="must start at 0 and rise")


def _scale_problems(method: EnisaMethod, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Each scale has the words that its fact may say, and rises."""
    for name, fact in FACT_OF.items():
        scale: Scale = getattr(method.scales, name)
        if tuple(scale) != (vocabulary.facts[fact].options or ("false", "true")):
            yield Problem(where=f"scales.{name}", text=f"must have the words of the fact `{fact}`, in its order")
        if list(scale.values()) != sorted(set(scale.values())):
            yield Problem(where=f"scales.{name}", text="must rise from the mildest value to the gravest")
    reasons = (*method.adjustments.raise_, *method.adjustments.lower)
    if reasons != vocabulary.facts["dpc_adjustments"].options:
        yield Problem(where="adjustments", text="must have the reasons of the fact `dpc_adjustments`, in its order")


def _factor_problems(factors: tuple[Factor, ...], where: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    for index, factor in enumerate(factors):
        for leaf in factor.when.leaves():
            name = (leaf.fact or "").split(".", maxsplit=1)[0]
            if name and name not in vocabulary.facts:
                near = vocabulary.nearest_fact(name)
                yield Problem(where=f"{where}[{index}]", text=f"unknown fact `{name}`", nearest=near)
            for category in leaf.categories or ():
                if not vocabulary.is_category(category):
                    yield Problem(where=f"{where}[{index}]", text=f"unknown kind of data `{category}`")
