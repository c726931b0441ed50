"""Now: clocks of all incidents in plain words, alerts that nobody acknowledged, and whether somebody watches."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.accounts.rights import Role
from leakguard.alerts.readiness import DEAD, UNWATCHED, NotReady
from leakguard.settings import Settings
from leakguard.use_cases.alerts.watchman import once
from support.door import ANNA, BEN, Served, served_in
from support.now_page import beat, opened
from support.visitor import Visitor


def test_an_empty_store_says_what_to_do_first(served: Served) -> None:
    text = Visitor(served, ANNA).open("/").text
    assert "No incident is open, so no clock runs." in text
    assert "No watchman watches" not in text


def test_a_clock_says_in_plain_words_what_has_to_be_done_for_whom_and_whose_it_is(served: Served) -> None:
    incident = opened(served)
    page = Visitor(served, BEN).open("/")
    assert "Notify the authority · first notification" in page.text
    assert "Provincial-level cyberspace administration" in page.text
    assert BEN in page.text
    assert f"/incidents/{incident}" in page.links()


def test_the_views_are_links_and_show_their_own_clocks(served: Served) -> None:
    opened(served)
    ben = Visitor(served, BEN).open("/?view=legal")
    assert "our own promise" not in ben.text
    assert "Close it, and prove it closed by a new probe" in Visitor(served, ANNA).open("/").text
    assert "No clock of this kind runs." in ben.open("/?view=late").text
    assert "Notify the authority" in ben.open("/?view=mine").text


def test_clocks_without_a_fixed_limit_stand_behind_and_are_folded(served: Served) -> None:
    opened(served)
    page = Visitor(served, ANNA).open("/").html
    folded = page.xpath("//details[starts-with(@id, 'soft-')]")
    assert [one.get("open") for one in folded] == [None]
    assert "without undue delay" in folded[0].text_content()


def test_a_limit_that_passed_without_an_alert_says_so_and_what_to_do_next(served: Served) -> None:
    opened(served)
    served.time.wait(timedelta(hours=30))
    anna = Visitor(served, ANNA).open("/")
    assert "The limit passed, and no alert was raised." in anna.text
    assert not anna.html.xpath("//form[@action='/acknowledge']")


def test_an_alert_that_reached_nobody_says_why_and_is_acknowledged_on_the_page(served: Served) -> None:
    opened(served)
    served.time.wait(timedelta(hours=30))
    with served.wiring() as wiring:
        once(wiring.watchman())
    anna = Visitor(served, ANNA).open("/")
    assert "It reached nobody: leakguard.toml names no level of escalation." in anna.text
    before = len(anna.html.xpath("//form[@action='/acknowledge']"))
    anna.send("/acknowledge")
    assert "You take care of it." in anna.text
    assert len(anna.html.xpath("//form[@action='/acknowledge']")) == before - 1


def test_no_watchman_is_said_on_each_page_until_one_watches(served: Served) -> None:
    opened(served)
    anna = Visitor(served, ANNA)
    for path in ("/", "/incidents", "/incidents/new"):
        assert "No watchman watches" in anna.open(path).text
    beat(served)
    assert "No watchman watches" not in anna.open("/incidents").text
    served.time.wait(timedelta(minutes=4))
    assert "No watchman watches" in anna.open("/incidents").text


def test_without_a_country_it_is_said_that_no_law_is_watched_and_that_no_watchman_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = served_in(tmp_path, monkeypatch, settings=Settings(store=str(tmp_path / "leakguard.db"), zone="UTC"))
    served.add(ANNA, Role.ADMIN, Role.COMMANDER)
    incident = opened(served)
    served.time.wait(timedelta(days=5))
    anna = Visitor(served, ANNA)
    for path in ("/", "/alerts", "/incidents"):
        page = anna.open(path)
        assert "No watchman watches" in page.text
        assert page.html.xpath("string(//nav//a[@href='/incidents']//span[contains(@class, 'count')])").startswith("1")
        assert ("no clock of a law runs" in page.text) is (path != "/incidents")
    assert f"/incidents/{incident}" in anna.open("/search?q=mail").links()
    served.door.jobs.close()


def test_a_dead_channel_is_said_on_each_page(served: Served) -> None:
    opened(served)
    problem = NotReady(kind=DEAD, text="channel soc-mail is dead: it took nothing", next_step="Fix it.")
    beat(served, problems=(problem,))
    anna = Visitor(served, ANNA)
    assert "Alerts do not reach people." in anna.open("/incidents").text
    assert "channel soc-mail is dead" in anna.open("/").text


def test_what_the_watchman_cannot_watch_is_said_on_each_page(served: Served) -> None:
    opened(served)
    problem = NotReady(kind=UNWATCHED, text="IR-2026-0002: it is not watched", next_step="Verify the ledger.")
    beat(served, problems=(problem,))
    anna = Visitor(served, ANNA)
    assert "Not every deadline is watched." in anna.open("/incidents").text
    assert "IR-2026-0002: it is not watched" in anna.open("/").text


def test_the_menu_counts_what_waits(served: Served) -> None:
    opened(served)
    served.time.wait(timedelta(days=5))
    page = Visitor(served, ANNA).open("/incidents").html
    found = page.xpath("//nav//span[contains(@class, 'count')]")
    counts = {one.getparent().get("href"): one[0].text for one in found}
    assert counts["/incidents"] == "1"
    assert int(counts["/"]) >= 2


def test_the_ledger_is_verified_only_once_somebody_verified_it(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/")
    assert "Ledger, not verified yet" in anna.text
    token = served.token(ANNA, "verify_ledger", roles=frozenset({Role.ADMIN, Role.COMMANDER}))
    api = served.client(authorization=f"Bearer {token}")
    assert api.post("/api/v1/ledger/verify", json={}).status_code == 200
    assert "Ledger verified" in anna.open("/").text


def test_hostile_words_in_a_title_stay_text_on_now(served: Served) -> None:
    opened(served, "<script>alert(1)</script>")
    page = Visitor(served, ANNA).open("/")
    assert "<script>alert(1)</script>" in page.text
    assert not page.html.xpath("//main//script")
