"""Reads the inputs of ENISA's score from the facts: what nobody stated leaves every value possible."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.severity.enisa import Input, Inputs
from leakguard.notices.severity.methods import FACT_OF, EnisaMethod, Scale

_NO_BREACH = ("exposure", "access", "exfiltration")
"""Stated as false together, they rule a loss of confidentiality out."""


def read_inputs(facts: Facts, method: EnisaMethod) -> Inputs:
    """The inputs, each with its reason and the facts that it lacks."""
    scales = method.scales
    return Inputs(
        dpc=_dpc(facts, method),
        ei=_scaled("ei", scales.ei, facts),
        confidentiality=_confidentiality(scales.confidentiality, facts),
        integrity=_scaled("integrity", scales.integrity, facts),
        availability=_scaled("availability", scales.availability, facts),
        malicious=_scaled("malicious", scales.malicious, facts),
    )


def remarks(facts: Facts, method: EnisaMethod) -> tuple[str, ...]:
    """What a person should look at before the score is used."""
    fact = facts.get("dpc_adjustments")
    steps = _steps(fact) or {}
    remarks_made = []
    if steps and fact is not None and not fact.why:
        remarks_made.append("say in `why` for which reasons dpc_adjustments moves the class of the data")
    if facts.value_of("vulnerable_people", bool) is True and "vulnerable_people" not in steps:
        remarks_made.append("vulnerable people are affected: weigh whether dpc_adjustments should say so")
    against = [reason for reason, step in steps.items() if (step > 0) is not (reason in method.adjustments.raise_)]
    return (*remarks_made, *(f"`{reason}` moves the class against its usual direction" for reason in against))


def _scaled(name: str, scale: Scale, facts: Facts) -> Input:
    """An input that one fact names by the words of its scale."""
    fact_name = FACT_OF[name]
    fact = facts.get(fact_name)
    values = tuple(scale.values())
    if fact is not None and fact.state is FactState.NOT_APPLICABLE and values[0] == 0:
        return Input(name=name, scale=values, possible=values[:1], because=f"{fact_name} does not apply")
    if fact is None or not fact.has_value:
        return Input(name=name, scale=values, possible=values, because=_open(fact_name, fact), missing=(fact_name,))
    word = str(fact.value).lower()
    return Input(name=name, scale=values, possible=(scale[word],), because=f"{fact_name}: {word.replace('_', ' ')}")


def _confidentiality(scale: Scale, facts: Facts) -> Input:
    """As stated; else what exposure, access and exfiltration together show."""
    found = _scaled("confidentiality", scale, facts)
    if not found.missing:
        return found
    stated = [facts.value_of(name, bool) for name in _NO_BREACH]
    values = found.scale
    if all(value is False for value in stated):
        because = "no exposure, no access and no exfiltration are stated"
        return Input(name=found.name, scale=values, possible=values[:1], because=because)
    if stated[1] or stated[2]:
        because = "somebody without permission had the data; confidentiality_loss does not say who"
        return Input(name=found.name, scale=values, possible=values[1:], because=because, missing=found.missing)
    return found


def _dpc(facts: Facts, method: EnisaMethod) -> Input:
    scale = tuple(float(value) for value in sorted(method.classes.values()))
    bases, because, missing = _bases(facts, method)
    fact = facts.get("dpc_adjustments")
    steps = _steps(fact)
    if steps is None:
        text = f"{because}; whether circumstances raise or lower it is not stated"
        return Input(name="dpc", scale=scale, possible=scale, because=text, missing=(*missing, "dpc_adjustments"))
    moved = sorted({min(max(base + sum(steps.values()), scale[0]), scale[-1]) for base in bases})
    adjustments = ", ".join(f"{reason} {step:+d}" for reason, step in steps.items()) or "no adjustment"
    why = f" ({fact.why})" if fact is not None and fact.why else ""
    text = f"{because}; {adjustments}{why}; kept within {scale[0]:g} to {scale[-1]:g}"
    return Input(
        name="dpc", scale=scale, possible=tuple(moved), because=text, missing=missing if len(moved) > 1 else ()
    )


def _steps(fact: Fact | None) -> Mapping[str, int] | None:
    """The stated steps by reason; empty where none apply, nothing where nobody said so."""
    if fact is None or fact.state is FactState.UNKNOWN:
        return None
    value = fact.value if isinstance(fact.value, Mapping) else {}
    return {reason: span.low for reason, span in value.items()}


def _bases(facts: Facts, method: EnisaMethod) -> tuple[tuple[float, ...], str, tuple[str, ...]]:
    """The possible bases, the reason, and the missing facts: the highest class among the kinds of data counts."""
    every = tuple(float(value) for value in sorted(method.classes.values()))
    listed = facts.value_of("data_categories", tuple)
    if not listed:
        return every, _open("data_categories", facts.get("data_categories")), ("data_categories",)
    known: dict[str, float] = {}
    missing: list[str] = []
    for category in listed:
        found = _class_of(str(category), facts, method)
        if found is None:
            missing.append("credentials_open" if _head(str(category)) in method.inherits else "data_categories")
        else:
            known[str(category)] = method.classes[found]
    floor = max(known.values(), default=every[0])
    top = [name for name, base in known.items() if base == floor]
    because = f"highest class among the kinds of data: {floor:g} ({', '.join(top) or 'not known'})"
    if missing and floor < every[-1]:
        lacking = tuple(dict.fromkeys(missing))
        return tuple(base for base in every if base >= floor), f"{because}, or higher", lacking
    return (floor,), because, ()


def _class_of(category: str, facts: Facts, method: EnisaMethod) -> str | None:
    """The class of a kind of data, by its own entry or that of its wider kind."""
    if _head(category) in method.inherits:
        return facts.value_of("credentials_open", str)
    return method.class_of.get(category, method.class_of.get(_head(category)))


def _head(category: str) -> str:
    return category.split(".", maxsplit=1)[0]


def _open(name: str, fact: Fact | None) -> str:
    """Why an input is open, with the reason that a person gave."""
    reason = fact.reason.first if fact is not None and fact.reason is not None else None
    return f"`{name}` is not known: {reason}" if reason else f"`{name}` is not stated"
