"""The register of breaches on a screen: searched a part at a time, and small incidents recorded together."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.times import zone_of
from leakguard.outputs.register_rows import register_json
from leakguard.use_cases.letters.register_rows import RegisterSearch, search_register
from leakguard.use_cases.letters.small_incidents import MOST_SMALL, SmallIncident, record_small
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, Page, Stated, Text, Words
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import register as shapes


class FindBreaches(Page):
    """What is looked for."""

    q: Text = Field(default="", description="Words of the title, or the id.")
    state: Literal["", "open", "closed"] = ""
    told: Literal["", "yes", "no"] = Field(default="", description="Whether anybody was notified.")
    year: int = Field(default=0, ge=0, le=9999, description="In which it was opened; 0 for any.")


class OneSmall(Body):
    """One small breach."""

    title: Words
    noticed: Stated = Field(description="The day or moment on which it was noticed.")
    what: Text = ""
    categories: tuple[Name, ...] = Field(default=(), max_length=50, description="Kinds of data.")
    people: int | None = Field(default=None, ge=0, le=10**18)
    place: Text = Field(default="", description="Where all of these people live: an ISO code. It needs `people`.")
    measures: Text = ""
    risk: Literal["unlikely", "risk", "high_risk"] | None = Field(
        default=None, description="As a person judged it; left out where nobody did."
    )
    why: Text = Field(default="", description="Why the risk is what it is.")


class SmallIncidents(Body):
    """Several of them, of one organisation."""

    incidents: Annotated[tuple[OneSmall, ...], Field(min_length=1, max_length=MOST_SMALL)]
    organisation: dict[str, Any] = Field(
        default_factory=dict, description="Who reports, as a facts file has it; default: as an earlier incident says."
    )
    obligated_as: tuple[Name, ...] = Field(default=(), max_length=50)


def search(call: Call) -> Answer:
    """A part of the register, the newest breach first."""
    asked: FindBreaches = call.query
    wanted = RegisterSearch(words=asked.q, state=asked.state, told=asked.told, year=asked.year)
    found = search_register(call.wiring.store, wanted, after=asked.after, limit=min(asked.limit, 100))
    return Answer(document=register_json(found, call.wiring.duties()))


def record(call: Call) -> Answer:
    """Open an incident for each small breach, with its facts."""
    body: SmallIncidents = call.body
    wiring = call.wiring
    small = [SmallIncident(**incident.model_dump()) for incident in body.incidents]
    opened = record_small(
        wiring.store, wiring.duties(), small, organisation=body.organisation, roles=body.obligated_as,
        zone=zone_of(wiring.settings.zone).key, now=wiring.now,
    )  # fmt: skip
    return Answer(document={"incidents": [incident.id for incident in opened]})


OPERATIONS = (
    Operation(
        name="search_register", method=Method.GET, path="/register/rows", right=Right.READ_REGISTER, handler=search,
        query=FindBreaches, answer=shapes.RegisterPage,
        summary="Search the register of breaches, a part at a time, the newest first.",
        also="What every law says of each breach is in the whole register: `show_register`.",
    ),
    Operation(
        name="record_small_incidents", method=Method.POST, path="/register", right=Right.OPEN_INCIDENTS, handler=record,
        request=SmallIncidents, takes=BodyKind.JSON, status=201, answer=shapes.SmallRecorded,
        summary="Record several small breaches at once: an incident with its facts for each.",
        also="All are checked before the first is opened. They stay open, with the clocks that the laws set for them.",
    ),
)  # fmt: skip
