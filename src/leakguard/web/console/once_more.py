"""What a person reads whose form came a second time, or after another login: a page has no keys and no tokens.

So it is with the address of a page that holds what the page does not take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.errors import LeakGuardError, NotAllowed, UsageProblem
from leakguard.web.call import RequestRefused
from leakguard.web.console.screen import N_
from leakguard.web.once import CutOff, KeyUsedBefore, StillAtWork
from leakguard.web.sessions import CrossSite

if TYPE_CHECKING:
    from leakguard.web.call import Answer

_PROBLEM = "application/problem+json"


def for_person(error: LeakGuardError) -> LeakGuardError:
    """The same refusal in words for who sits before the page."""
    if isinstance(error, CutOff):
        message, next_step = _cut_off(is_recorded=bool(error.entries))
        return CutOff(message, next_step=next_step)
    if isinstance(error, StillAtWork):
        return StillAtWork(
            N_("this form was sent before, and the server still works at it"),
            next_step=N_("Wait a moment, then load the page again."),
        )
    if isinstance(error, KeyUsedBefore):
        return KeyUsedBefore(
            N_("this form was sent before, with other answers"),
            next_step=N_("Check on this page what was recorded. To record this as well, send the form once more."),
        )
    if type(error) is RequestRefused and "/api/" in error.next_step:
        return RequestRefused(
            N_("something in the form does not fit"), (), next_step=N_("Correct it, and send the form once more.")
        )
    if isinstance(error, CrossSite):
        return CrossSite(
            N_("you, or somebody else, logged in again since this page was opened, so nothing was recorded"),
            next_step=N_("Check what stands here, and send it once more."),
        )
    return error


def for_reader(error: LeakGuardError) -> LeakGuardError:
    """The same refusal in words for who opened a page by an address with an odd value in it."""
    if type(error) is RequestRefused and any(problem.where.startswith("query") for problem in error.problems):
        return UsageProblem(
            N_("the address of this page holds a value that the page does not take"),
            next_step=N_("Open the page without it, and choose on the page what it shows."),
        )
    return error


def refuse_kept_problem(answer: Answer) -> None:
    """Raise what the first form was refused with, where that is the answer to the second."""
    if answer.media == _PROBLEM:
        document = answer.document
        raise NotAllowed(str(document["detail"]), next_step=str(document.get("next_step", "")))


def _cut_off(*, is_recorded: bool) -> tuple[str, str]:
    if is_recorded:
        return (
            N_("the server ended before it could answer; what you sent is recorded, wholly or in part"),
            N_("Check on this page what is there, and send only what is missing."),
        )
    return (
        N_("the server ended before it could answer; nobody knows whether it had started what you asked for"),
        N_("Check whether it runs or has run. Start it once more only if it does not."),
    )
