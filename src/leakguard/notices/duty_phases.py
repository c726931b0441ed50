"""The stages of a duty: each with its clock, and with what the law asks for at that moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from leakguard.clocks.rules import ClockRule
from leakguard.files.light_shapes import BeforeValidator, LightShape
from leakguard.notices.expressions import Expression
from leakguard.notices.notice_content import ContentItem

FIRST_STAGE = ("initial", "first")
"""What a person may call the first stage of any duty, whatever the law calls it: NIS2 has an early warning."""


class StageItem(LightShape):
    """One item of a stage."""

    item: str
    required: str = ""
    """The condition in this stage; empty where it is that of the duty."""

    def of(self, known: Mapping[str, ContentItem]) -> ContentItem:
        """The item as this stage asks for it; `known` holds the duty's own items by their names."""
        own = known.get(self.item, ContentItem(item=self.item, required="yes"))
        return own.model_copy(update={"required": self.required}) if self.required else own


def _long(value: object) -> object:
    """An item may be written as its name alone."""
    return [{"item": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


StageItems = Annotated[tuple[StageItem, ...], BeforeValidator(_long)]


class Phase(LightShape):
    """One stage of a duty, with its clock."""

    name: str
    clock: ClockRule
    content: StageItems = ()
    """The items of this stage; empty when the stage has the duty's own list."""
    when: Expression | None = None
    """The condition of a stage that not every incident has; until the facts rule it out, it is shown."""
    note: str = ""


def stage_meant(stage: str | None, phases: Sequence[Phase]) -> str | None:
    """The name of the stage that a person means; one that is none is given back for others to refuse.

    `initial` and `first` mean the stage `initial` where there is one, else the first.
    """
    names = [phase.name for phase in phases]
    if stage not in FIRST_STAGE or stage in names or not names:
        return stage
    return FIRST_STAGE[0] if FIRST_STAGE[0] in names else names[0]


def only_stage(phases: Sequence[Phase]) -> str | None:
    """The name of the one stage, which need not be named; `None` where there are several."""
    return phases[0].name if len(phases) == 1 else None
