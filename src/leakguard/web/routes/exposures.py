"""What is open now, one finding with its history, and what the owner accepts for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.models.glances import glance_of
from leakguard.models.mutes import Mute
from leakguard.outputs.exposures import exposures_json, mute_json
from leakguard.outputs.finding import finding_json
from leakguard.outputs.finding_history import history_json
from leakguard.outputs.overview import category_json
from leakguard.use_cases.scans.closed_since import known_finding
from leakguard.use_cases.scans.mute_finding import NewMute, mute_finding, replace_list, unmute_finding
from leakguard.use_cases.scans.open_exposures import Exposure
from leakguard.use_cases.scans.place_history import place_history
from leakguard.use_cases.scans.verify_findings import findings_to_verify
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_PAGE, Body, Name, NeededReason, Query
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.routes.runs import mute_list
from leakguard.web.shapes import exposures as shapes

MOST_OFFSET = 2**31


class Which(Query):
    """Which of the exposures, and which part of them."""

    after: int = Field(default=0, ge=0, le=MOST_OFFSET, description="The `next` of the page before.")
    limit: int = Field(default=100, ge=1, le=MOST_PAGE)
    severity: Literal["critical", "high", "medium", "low", "none"] | None = None
    incident: Literal["none", "some"] | None = Field(default=None, description="Whether an incident is about it.")
    muted: bool = Field(default=False, description="Those that their owner accepts for a while, and no other.")
    words: str = Field(default="", max_length=200, description="Words in the place, the product or the kinds of data.")


class MuteFinding(Body):
    """Why it may stay open, who answers for it, and until when."""

    reason: NeededReason
    owner: Name
    until: str = Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="The last day on which it holds.")


class UnmuteFinding(Body):
    """Why it is accepted no longer."""

    reason: NeededReason


def list_open(call: Call) -> Answer:
    """A page of what is open by all runs together, the worst first."""
    wiring, which = call.wiring, call.query
    rows = wiring.exposures.rows(wiring.store)
    muted = _muted(call, rows)
    found = [row for row in rows if _fits(row, which, is_muted=row.traits.glance.id in muted)]
    shown = found[which.after : which.after + which.limit]
    cases = wiring.exposures.cases(wiring.store, [name for exposure in shown for name in exposure.incidents])
    end, vocabulary = which.after + which.limit, wiring.duty_rows().vocabulary
    page = {"count": len(found), "next": end if len(found) > end else None}
    return Answer(document=exposures_json(rows, shown, muted, cases, wiring.now(), vocabulary) | page)


def loud(call: Call) -> list[Exposure]:
    """What is open now and not accepted by its owner."""
    rows = call.wiring.exposures.rows(call.wiring.store)
    muted = _muted(call, rows)
    return [row for row in rows if row.traits.glance.id not in muted]


def _muted(call: Call, rows: Sequence[Exposure]) -> dict[str, Mute]:
    _, mutes = mute_list(call)
    pairs = ((row.traits.glance, mute) for row in rows for mute in mutes.mutes if mute.fits(row.traits.glance))
    found: dict[str, Mute] = {}
    for glance, mute in pairs:
        found.setdefault(glance.id, mute)
    return found


def _fits(exposure: Exposure, which: Which, *, is_muted: bool) -> bool:
    traits = exposure.traits
    glance = traits.glance
    text = " ".join((glance.place, glance.address, traits.product, glance.check_id, *traits.categories))
    return (
        is_muted == which.muted
        and which.severity in {None, exposure.seen.severity.value}
        and which.incident in {None, "some" if exposure.incidents else "none"}
        and all(word in text.lower() for word in which.words.lower().split())
    )


def show_finding(call: Call) -> Answer:
    """One finding, as `scan show FINDING --format json` has it, with the mute that speaks of it."""
    wiring = call.wiring
    known = known_finding(
        wiring.store, call.path["finding"], about=wiring.incidents_about, named=wiring.incidents_named
    )  # fmt: skip
    name, mutes = mute_list(call)
    glance = glance_of(known.finding)
    mute = next((one for one in mutes.mutes if one.fits(glance)), None)
    data = known.finding.verdict.data
    names = tuple(dict.fromkeys(category.category for category in data.categories)) if data is not None else ()
    vocabulary = call.wiring.duty_rows().vocabulary
    more = {
        "muted": mute_json(mute) if mute is not None else None, "mute_list": name,
        "kinds": [category_json(one, vocabulary) for one in names], "place": glance.place,
    }  # fmt: skip
    return Answer(document=finding_json(known) | more)


def tell_history(call: Call) -> Answer:
    """What the last runs that looked at the place of a finding saw there, the latest first."""
    (finding,) = findings_to_verify(call.wiring.store, [call.path["finding"]])
    return Answer(document=history_json(finding, place_history(call.wiring.store, finding)))


def mute(call: Call) -> Answer:
    """Accept an open finding until a day: a line of the mute list on the server, and an entry of the ledger."""
    wiring, body = call.wiring, call.body
    new = NewMute(finding=call.path["finding"], reason=body.reason, owner=body.owner, until=body.until)
    name, muted = mute_finding(
        wiring.store, wiring, new, named=None, by_settings=wiring.settings.mutes, sleep=wiring.system_time.sleep,
        replace=replace_list,
    )  # fmt: skip
    return Answer(document={"finding": new.finding, "mute_list": name, "muted": mute_json(muted)})


def unmute(call: Call) -> Answer:
    """Accept it no longer: the entries of the mute list that speak of it are taken out, and the ledger says who did."""
    wiring, finding = call.wiring, call.path["finding"]
    name, ended = unmute_finding(
        wiring.store, wiring, finding, call.body.reason, named=None, by_settings=wiring.settings.mutes,
        sleep=wiring.system_time.sleep, replace=replace_list,
    )  # fmt: skip
    return Answer(document={"finding": finding, "mute_list": name, "ended": [mute_json(mute) for mute in ended]})


_READ = Right.READ_FINDINGS
OPERATIONS = (
    Operation(
        name="list_exposures", method=Method.GET, path="/exposures", right=_READ, handler=list_open, query=Which,
        answer=shapes.Exposures, summary="List what is open now by all runs together, the worst first.",
        also="What the owner accepts for a while is counted apart, and listed with `muted=true`.",
    ),
    Operation(
        name="show_finding", method=Method.GET, path="/findings/{finding}", right=_READ, handler=show_finding,
        answer=shapes.KnownFinding, summary="Show one finding: its run, its evidence, its incidents, its closure.",
        command="scan show",
    ),
    Operation(
        name="tell_finding_history", method=Method.GET, path="/findings/{finding}/history", right=_READ,
        handler=tell_history, answer=shapes.PlaceHistory,
        summary="Tell what the last runs saw at the place of a finding, the latest first.",
    ),
    Operation(
        name="mute_finding", method=Method.POST, path="/findings/{finding}/mute", right=Right.CHANGE_SCOPE,
        handler=mute, request=MuteFinding, takes=BodyKind.JSON, answer=shapes.Muted,
        summary="Accept an open finding until a day, with a reason and a person who answers for it.",
        also="It adds a line to the mute list on the server; the finding stays in the store, and is marked.",
        command="scan mute",
    ),
    Operation(
        name="unmute_finding", method=Method.POST, path="/findings/{finding}/unmute", right=Right.CHANGE_SCOPE,
        handler=unmute, request=UnmuteFinding, takes=BodyKind.JSON, answer=shapes.NoLongerMuted,
        summary="End the mute of a finding before its day, with a reason.",
        also="Every entry of the mute list that speaks of the finding is taken out, whatever else it speaks of.",
        command="scan unmute",
    ),
)  # fmt: skip
