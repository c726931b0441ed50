"""What concerns one subject is told and does not end a look; what concerns all of them ends it."""

from __future__ import annotations

import pytest

from leakguard.alerts.isolation import isolated
from leakguard.alerts.readiness import UNWATCHED, NotReady
from leakguard.errors import LawsUnknown


def test_an_entry_that_cannot_be_read_is_told_of_its_subject_without_a_word_of_it() -> None:
    problems = list[NotReady]()
    with isolated("IR-2026-0001", problems):
        _read_a_changed_entry()

    (told,) = problems
    assert (told.kind, told.incident) == (UNWATCHED, "IR-2026-0001")
    assert "KeyError" in told.text
    assert "canary" not in told.text


def test_laws_that_no_settings_name_end_the_look_as_they_concern_every_incident() -> None:
    problems = list[NotReady]()
    with pytest.raises(LawsUnknown), isolated("IR-2026-0001", problems):
        raise LawsUnknown("no country", next_step="name it")

    assert problems == []


def _read_a_changed_entry() -> None:
    raise KeyError("canary words of an entry")
