"""How scorecards look, also where there is little to tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from leakguard.drills.scorecard import Scorecard
from leakguard.frozen import replace
from leakguard.models.texts import duration_words
from leakguard.outputs.drill import both_parts, card_parts, verdict
from support.drills import Drill


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scorecard]:
    drill = Drill(place=str(tmp_path_factory.mktemp("card") / "leakguard.db")).play()
    yield drill.card()
    drill.world.store.close()


def shown(*cards: Scorecard) -> str:
    console = Console(width=180, no_color=True, force_terminal=False)
    with console.capture() as capture:
        for part in card_parts(cards[0]) if len(cards) == 1 else both_parts(*cards):
            console.print(part, markup=False, soft_wrap=True)
    return capture.get()


def test_every_table_and_title_says_drill(card: Scorecard) -> None:
    text = shown(card)

    assert text.count("DRILL") >= 4
    assert "caller" not in text
    assert "12 min: says" not in text
    assert "12 min: we call back" in text


def test_an_inject_that_nobody_answered_says_none(card: Scorecard) -> None:
    silent = replace(card, injects=tuple(replace(one, first_act_after=None) for one in card.injects))

    assert "none" in shown(silent)
    assert "DRILL: injects" not in shown(replace(card, injects=()))


def test_who_only_agrees_is_not_shown_as_idle(card: Scorecard) -> None:
    """Counsel owns no step, and two of them do not count without counsel."""
    counsel = next(one for one in card.roles if one.role == "counsel")

    assert "decide_awareness" in counsel.agreed
    assert f"0, agreed to {len(counsel.agreed)}" in shown(card)


def test_a_ledger_that_does_not_verify_is_told_loudly(card: Scorecard) -> None:
    assert "DOES NOT VERIFY" in shown(replace(card, is_whole=False))


def test_an_earlier_moment_of_knowing_stands_on_its_own_card(card: Scorecard) -> None:
    assert "2 h earlier than it was" in shown(replace(card, known_earlier=timedelta(hours=2)))


def test_clocks_that_only_one_of_both_has_are_shown_as_not_begun(card: Scorecard) -> None:
    first, *rest = card.clocks
    text = shown(replace(card, clocks=(first,)), replace(card, clocks=tuple(rest), known_earlier=timedelta(hours=1)))

    assert "KNOWN 1 h EARLIER" in text
    assert text.count("not begun") == len(card.clocks)


def test_a_verdict_tells_what_it_hangs_on(card: Scorecard) -> None:
    one = replace(
        card.clocks[0], state="met_on_time", late_by=None, margin=None, took=timedelta(hours=3), is_certain=False
    )

    assert verdict(one) == "met after 3 h (uncertain: it hangs on which source is right)"
    assert verdict(replace(one, took=None, is_certain=True)) == "met"
    assert duration_words(timedelta(0)) == "0 s"


def test_nothing_is_written_beside_the_card(card: Scorecard, tmp_path: Path) -> None:
    shown(card)

    assert list(tmp_path.iterdir()) == []
