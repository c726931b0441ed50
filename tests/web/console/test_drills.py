"""Drills: the scenarios of a console, and one that is played on its pages in simulated time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.accounts.rights import Role
from leakguard.settings import Settings
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.drills.kept_scorecards import CARD, MARK, SETTINGS
from leakguard.web.drill_stage import take_up
from leakguard.web.request_wiring import SharedWiring
from support.door import ANNA, Served, served_in
from support.played import begin_on, drill_settings, played_in
from support.visitor import Visitor

pytestmark = pytest.mark.untraced


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A server on which the short drill has just begun."""
    made = served_in(tmp_path, monkeypatch, settings=drill_settings(tmp_path))
    begin_on(made.door.shared)
    made.add(ANNA, Role.ADMIN, Role.COMMANDER)
    made.add("Vera", Role.VIEWER)
    return made


def test_a_console_lists_the_scenarios_with_their_sources_and_how_to_begin_one(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/drills")
    assert "/drills/university-2019" in anna.links()
    anna.open("/drills/university-2019")
    assert "leakguard drill run university-2019 --web" in anna.text
    assert "digit.fyi" in anna.text


def test_the_time_is_moved_on_the_page_and_each_page_says_that_it_is_a_drill(played: Served) -> None:
    anna = Visitor(played, ANNA).open("/drills")
    assert "Nobody has heard anything yet." in anna.text
    for _ in range(3):
        anna.send("/drills/advance", button=("step", "next"))

    assert "Somebody calls" in anna.text
    assert "IR-2026-0001" in anna.text
    assert "This is a drill." in anna.open("/incidents/IR-2026-0001").text
    assert "20 May 2026, 09:00" in anna.open("/incidents").text


def test_at_the_end_the_scorecard_says_what_was_missed_and_the_time_stands(played: Served) -> None:
    anna = Visitor(played, ANNA).open("/drills").send("/drills/advance", {"hours": "100"})

    assert "Scorecard" in anna.text
    assert "missed by" in anna.text
    assert not [one for one in anna.html.forms if one.get("action") == "/drills/advance"]


def test_a_number_of_hours_that_is_none_is_refused(played: Served) -> None:
    anna = Visitor(played, ANNA).open("/drills")
    for hours, said in (("soon", "is no number of hours"), ("", "no number of hours was given")):
        anna.open("/drills").send("/drills/advance", {"hours": hours}, button=("step", "typed"), status=400)
        assert said in anna.text


def test_who_may_only_read_moves_no_time_and_nothing_is_probed(played: Served) -> None:
    vera = Visitor(played, "Vera").open("/drills")
    assert "can move it" in vera.text
    assert not [one for one in vera.html.forms if one.get("action") == "/drills/advance"]

    api, token = played.browser()
    headers = {"sec-fetch-site": "same-origin", "x-leakguard-token": token}
    answer = api.post("/api/v1/scans", json={}, headers=headers)
    assert answer.status_code == 409, answer.text
    assert "nothing is probed in a drill" in answer.text


def test_a_login_lasts_by_the_real_time_however_far_the_time_of_the_drill_goes(played: Served) -> None:
    anna = Visitor(played, ANNA).open("/drills").send("/drills/advance", {"hours": "4"})
    assert anna.open("/").answer.status_code == 200


def test_a_server_that_begins_in_the_folder_of_a_drill_goes_on_where_its_time_stood(played: Served) -> None:
    Visitor(played, ANNA).open("/drills").send("/drills/advance", {"hours": "2"})
    again = SharedWiring(drill_settings(played.folder))
    take_up(again)
    other = SharedWiring(Settings(store=str(played.folder / "other.db")))
    take_up(other)

    assert isinstance(again.time, SteppedTime)
    assert timedelta(0) <= played.door.shared.now() - again.now() < timedelta(hours=1)
    assert other.drill is None


def test_drills_that_were_played_in_folders_of_the_server_are_listed_with_their_scorecards(served: Served) -> None:
    played_in(served.folder, "spring <drill>")
    played_in(served.folder, "autumn/known-earlier")
    anna = Visitor(served, ANNA).open("/drills")

    assert "A university's mail log is open to the internet" in anna.text
    assert "autumn.known-earlier" in anna.text
    anna.open("/drills/played/spring%20%3Cdrill%3E")
    assert "missed by 5 h 00 min" in anna.text
    assert "Tell the authorities" in anna.text
    anna.open("/drills/played/none", status=404)


def test_what_is_no_folder_of_a_drill_or_no_whole_scorecard_is_not_listed(served: Served) -> None:
    for name, settings, card in (
        ("ours", "drill = true\n", None), ("half", MARK, "{"), ("old", MARK, '{"schema": "leakguard.drill/0"}'),
        ("odd", MARK, '{"schema": "leakguard.drill/1", "counts": "<script>"}'), ("list", MARK, "[1]"),
    ):  # fmt: skip
        place = played_in(served.folder, name)
        (place / SETTINGS).write_text(settings, encoding="utf-8")
        if card is not None:
            (place / CARD).write_text(card, encoding="utf-8")
    (served.folder / "elsewhere").symlink_to(played_in(served.folder / "far", "away"), target_is_directory=True)
    anna = Visitor(served, ANNA).open("/drills")

    assert "Played before" not in anna.text
    assert "stands here, if its folder" in anna.text
    anna.open("/drills/played/odd", status=404)


def test_a_drill_that_is_played_to_its_end_on_pages_leaves_its_scorecard_in_its_folder(played: Served) -> None:
    (played.folder / SETTINGS).write_text(MARK, encoding="utf-8")
    anna = Visitor(played, ANNA).open("/drills").send("/drills/advance", {"hours": "1"})
    assert not (played.folder / CARD).exists()
    anna.send("/drills/advance", {"hours": "100"})

    assert '"missed"' in (played.folder / CARD).read_text(encoding="utf-8")


def test_a_scorecard_that_cannot_be_written_is_said_so(played: Served) -> None:
    (played.folder / SETTINGS).write_text(MARK, encoding="utf-8")
    (played.folder / CARD).mkdir()
    anna = Visitor(played, ANNA).open("/drills").send("/drills/advance", {"hours": "100"})

    assert "The time of the drill went on." in anna.text
    assert "The scorecard could not be written into the folder of this drill." in anna.text
    assert "the scorecard cannot be written" in anna.send("/drills/scorecard", status=503).text
    (played.folder / CARD).rmdir()
    assert "The scorecard could not be written" not in anna.open("/drills").send("/drills/scorecard").text
    assert '"missed"' in (played.folder / CARD).read_text(encoding="utf-8")
