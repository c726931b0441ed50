"""A letter that was written before its limit and is read behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import ApprovalGone
from leakguard.mailing.approvals import Proposal
from leakguard.use_cases.letters.letter_versions import SingleLetter
from support.notices import GDPR_33, book, facts_of, settled, to_text

BY = "by-99z-16-ncpdp"
"""Its letter asks for no reasons of a delay, and bears the day alone."""
LIMITS = {GDPR_33: datetime(2026, 6, 13, 15, tzinfo=UTC), BY: datetime(2026, 6, 15, 21, tzinfo=UTC)}
"""72 hours after awareness, and the end of the third working day in Minsk."""
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=10)


def letter(duty: str, now: datetime, *, reasons: bool, begun: frozenset[str] = frozenset()) -> SingleLetter:
    values = settled() if reasons else settled(delay_reason=None)
    values["addressees"] = {duty: "Authority"}
    return SingleLetter(
        book=book(), folders=BundledFiles(), facts=facts_of(values, now=now), facts_text=to_text(values),
        facts_name="facts", notice=book().duty(duty), lang="en", stage="initial", is_drill=False, now=now, begun=begun,
    )  # fmt: skip


def ended(duty: str, before: timedelta, after: timedelta, *, reasons: bool) -> bool:
    limit = LIMITS[duty]
    return letter(duty, limit + after, reasons=reasons).version(limit + before, None).limit_ended


@pytest.mark.parametrize("reasons", [True, False])
def test_a_letter_of_before_its_limit_holds_until_then(reasons: bool) -> None:  # noqa: FBT001  (a parameter)
    assert not ended(GDPR_33, -2 * HOUR, -HOUR, reasons=reasons)
    assert not ended(GDPR_33, -HOUR, timedelta(0), reasons=reasons)
    assert ended(GDPR_33, -HOUR, timedelta(seconds=1), reasons=reasons)
    assert not ended(GDPR_33, HOUR, 2 * HOUR, reasons=True)


def test_a_letter_that_says_the_same_behind_its_limit_holds() -> None:
    """In the zone of the incident it is the same day."""
    assert not ended(BY, -MINUTES, MINUTES, reasons=False)
    assert ended(BY, -MINUTES, timedelta(days=1), reasons=False)


def test_what_left_in_time_is_in_time() -> None:
    limit = LIMITS[GDPR_33]
    found = letter(GDPR_33, limit + HOUR, reasons=False).version(limit - HOUR, None)
    out = letter(GDPR_33, limit + HOUR, reasons=False, begun=frozenset({found.parts.digest}))

    assert found.limit_ended
    assert not out.version(limit - HOUR, None).limit_ended


def test_a_letter_does_not_leave_behind_its_limit() -> None:
    """Whoever waits for the server asks again before it leaves."""
    limit = LIMITS[GDPR_33]
    single = letter(GDPR_33, limit - HOUR, reasons=False)
    version = single.version(limit - HOUR, None)
    proposal = Proposal(
        subject=single.subject, parts=version.parts, letters=1, written_at=limit - HOUR, head=None, approvals=(),
    )  # fmt: skip
    single.refuse_late(proposal, limit)

    with pytest.raises(ApprovalGone, match="ended before it left"):
        single.refuse_late(proposal, limit + HOUR)
