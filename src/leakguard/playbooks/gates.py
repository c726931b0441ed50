"""What a step still needs before it counts as done, and the event that it then records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.clocks.event_kinds import KINDS
from leakguard.frozen import Frozen, field
from leakguard.models.people import Signatory, alike_text, is_name, may_be_one_person
from leakguard.playbooks.forms import unanswered
from leakguard.playbooks.shapes import Step


class Claim(Frozen):
    """What a person says about a step that they finished."""

    by: str
    second: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    evidence: Sequence[str] = ()
    """Each is the name of the evidence and an item of the ledger: `config_before: EV-12`."""


def missing_for(step: Step, claim: Claim, *, asks_second: bool = True) -> tuple[str, ...]:
    """Everything that is missing, a sentence each; empty when the step may count as done.

    Without `asks_second` the second person is left out: in a store with accounts they confirm the step themselves.
    """
    given = {evidence_name(text) for text in claim.evidence if not text.rstrip().endswith((":", "="))}
    missing = [
        f"evidence `{name}`: --evidence {name}=@FILE, or {name}=EV-... for an item of this incident"
        for name in step.evidence
        if name not in given
    ]
    missing += [f"an answer to `{name}`: --form FILE" for name in unanswered(step.form, claim.answers)]
    if step.second_person is not None and asks_second:
        why_not = why_no_second(claim.by, claim.second)
        missing += [f"a second person ({step.second_person}): {why_not}"] if why_not else []
    return tuple(missing)


def why_no_second(by: str, second: str) -> str:
    """Why `second` does not stand beside `by` as another person; empty where it does."""
    if not is_name(second):
        return "--second NAME"
    is_one = may_be_one_person(Signatory(name=by), Signatory(name=second))
    return f"another one than --by, as {alike_text(by, second)}" if is_one else ""


def evidence_name(text: str) -> str:
    """`Config before: /evidence/es.yml` is about `config_before`."""
    head = text.partition(":")[0].partition("=")[0]
    return "_".join(head.replace("-", " ").replace("_", " ").split()).lower()


def event_fields(name: str, step: Step, claim: Claim) -> dict[str, Any] | None:
    """The fields of the event that the finished step records; nothing when it records none."""
    if step.emits is None:
        return None
    if step.repeat is not None and not step.repeat.until.holds(claim.answers.get(step.repeat.until.field)):
        return None
    if step.emits_when is not None and not step.emits_when.holds(claim.answers.get(step.emits_when.field)):
        return None
    known = KINDS[step.emits].allowed
    own = {"step": name, "actor": claim.by, "decider": claim.by, "second_person": claim.second}
    if claim.evidence:
        own["evidence"] = "; ".join(claim.evidence)
    values = {**own, **{key: value for key, value in claim.answers.items() if not isinstance(value, list)}}
    return {key: value for key, value in values.items() if key in known and value != ""}
