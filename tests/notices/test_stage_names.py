"""A stage by the name that its law gives it, and by `initial` or `first`, which each person guesses."""

from __future__ import annotations

from leakguard.notices.duty_phases import FIRST_STAGE, stage_meant
from support.each import for_each
from support.notices import book

STAGED = [text for duty in book().duties for text in duty.texts if len(text.phases) > 1]


def test_the_first_stage_of_every_duty_is_found_by_both_names() -> None:
    for duty in STAGED:
        names = [phase.name for phase in duty.phases]
        first = "initial" if "initial" in names else names[0]
        assert {stage_meant(name, duty.phases) for name in FIRST_STAGE} == {first}, duty.id


@for_each("name", FIRST_STAGE)
def test_an_early_warning_is_the_first_stage_of_nis2(name: str) -> None:
    assert stage_meant(name, book().duty("de-bsig-32-bsi").phases) == "early_warning"


def test_any_other_name_stays_what_it_is() -> None:
    phases = book().duty("de-bsig-32-bsi").phases

    assert stage_meant("final", phases) == "final"
    assert stage_meant("finl", phases) == "finl"
    assert stage_meant(None, phases) is None
    assert stage_meant("first", ()) == "first"
