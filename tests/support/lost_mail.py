"""A mail server that is gone at the moment in which it has all of a letter, so that nobody knows whether it took it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leakguard.mailing.smtp.make import DrillMailer
from leakguard.models.mails import AnswerKind, MailAnswer, OutgoingMail


def losing_mail(patch: pytest.MonkeyPatch) -> None:
    """From now on the drill's mail server answers nothing, until the patch is undone."""

    def offer(_: DrillMailer, __: OutgoingMail, before_end: Callable[[], None]) -> MailAnswer:
        before_end()
        return MailAnswer(kind=AnswerKind.IN_DOUBT)

    patch.setattr(DrillMailer, "offer", offer)
