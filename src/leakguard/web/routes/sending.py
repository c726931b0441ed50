"""Sending of letters: one approved letter to one address, and what became of all that were sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.models.languages import Lang
from leakguard.models.sending import InDoubt
from leakguard.outputs.sending import FilingOutcome, UnsentLetter, batch_json, result_json
from leakguard.use_cases.letters.look_up_deliveries import batches_of
from leakguard.use_cases.letters.send_single import SingleSending, send_single
from leakguard.web.around import given
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, Reason
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.routes.letters import wanted_of
from leakguard.web.shapes import sending as shapes


class SendLetter(Body):
    """Which approved letter goes where."""

    duty: Name | None = None
    letter: Name | None = None
    stage: Name | None = None
    lang: Lang = "en"
    to: Annotated[str, Field(min_length=3, max_length=254)] = Field(description="One bare address.")
    channel: Name | None = Field(default=None, description="A channel of kind smtp (default: the only one).")
    attach_pdf: bool = Field(default=False, description="Attach the letter as a document as well.")
    although: Reason = Field(default="", description="Why by e-mail, if the rule names another way.")
    again: bool = Field(default=False, description="Send although another version, or to another address, went out.")
    in_doubt: InDoubt | None = Field(
        default=None, description="What you know of a letter in doubt: it was taken (`sent`), or it goes out once more."
    )


def send(call: Call) -> Answer:
    """Send one letter, as `notice send --to` does; it is not tried a second time by itself."""
    body: SendLetter = call.body
    wiring = call.wiring
    options = SingleSending(
        incident=call.incident, to=body.to, by=wiring.by, channel=body.channel, attaches_pdf=body.attach_pdf,
        although=body.although, is_again=body.again, in_doubt=body.in_doubt,
        is_drill=wiring.settings.drill,
    )  # fmt: skip
    done = send_single(wiring.store, wiring, wanted_of(call, body, given(call)), options)
    left = [UnsentLetter(line=0, delivery=done.left)] if done.left is not None else []
    outcome = FilingOutcome.of(done.filed, done.why_not_filed)
    return Answer(document=result_json(done.proposal, done.result, done.entry, left, outcome))


def deliveries(call: Call) -> Answer:
    """How the letters of the incident stand, as `notice deliveries` has it; no address is stored, so none is shown."""
    found = batches_of(call.wiring.store, call.incident)
    return Answer(document={"incident": call.incident, "batches": [batch_json(*one) for one in found]})


OPERATIONS = (
    Operation(
        name="send_letter", method=Method.POST, path="/incidents/{incident}/letters/send", right=Right.SEND_LETTERS,
        handler=send, request=SendLetter, takes=BodyKind.JSON, answer=shapes.Sent, command="notice send",
        summary="Send one letter that two people approved, by e-mail.",
        also="The filing of its stage is recorded once the mail server took it. A letter of which nobody knows whether "
        "it was taken is in doubt, and is not sent again by itself: `in_doubt` settles it by what you know. A mail "
        "merge is sent on the command line.",
    ),
    Operation(
        name="list_deliveries", method=Method.GET, path="/incidents/{incident}/deliveries", right=Right.READ_INCIDENTS,
        handler=deliveries, answer=shapes.Deliveries, command="notice deliveries",
        summary="Say how the letters of the incident stand.",
    ),
)  # fmt: skip
