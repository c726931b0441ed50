"""Alerts of reports, transfers abroad and sites on the pages: named, reaching somebody or not, and acknowledged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.accounts.rights import Role
from leakguard.intake.sites import CheckedSite
from leakguard.use_cases.alerts.watchman import once
from leakguard.use_cases.intake.site_history import keep_check
from leakguard.use_cases.outbound.recipients import add_recipients
from support.door import ANNA, Served
from support.outbound import RECIPIENT, a_file, parsed
from support.spoken_languages import english_in
from support.visitor import Visitor
from web.console.test_reports import SECRET, taken_in

pytestmark = pytest.mark.untraced

REPORT, SITE = "RP-2026-0001", "www.example.edu"
NAMES = {
    "en": ("acknowledge the report, as promised", f"Report {REPORT}", "Transfers abroad", "Our own web sites"),
    "zh": ("回复报告人，确认收到", f"报告{REPORT}", "向境外提供个人信息", "本单位网站"),
}


def forms_about(page: Visitor, subject: str) -> int:
    """How many alerts of a subject can be acknowledged."""
    return len(page.html.xpath(f"//form[@action='/acknowledge'][input[@name='incident'][@value='{subject}']]"))


@pytest.fixture
def late(served: Served) -> Served:
    """A report, a route and a file of a site, all of whose limits are over and were told to nobody."""
    taken_in(served)
    with served.wiring() as wiring:
        now = wiring.now()
        until = (now + timedelta(days=20)).date()
        one = parsed(a_file(recipients=[RECIPIENT | {"tool": "cn_assessment", "until": until.isoformat()}]))
        add_recipients(wiring.store, one.recipients, now=wiring.now)
        sites = [CheckedSite(site=SITE, expires=now + timedelta(days=3))]
        keep_check(wiring.store, sites, now=wiring.now, is_whole=True)
    served.time.wait(timedelta(days=15))
    return served


def watched(served: Served) -> None:
    with served.wiring() as wiring:
        once(wiring.watchman())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", ["/", "/alerts"])
def test_each_alert_names_what_it_is_about_and_no_word_of_the_stranger(late: Served, path: str, language: str) -> None:
    watched(late)
    page = Visitor(late, ANNA, language=language).open(path)
    (panel,) = page.html.xpath("//section[@id='alerts']")
    text = " ".join(panel.text_content().split())

    assert [one for one in NAMES[language] if one not in text] == []
    assert {name: forms_about(page, name) > 0 for name in (REPORT, "OUTBOUND", "sites")} == {
        REPORT: True, "OUTBOUND": True, "sites": True,
    }  # fmt: skip
    assert SECRET not in text
    assert f"/reports/{REPORT}" in page.links()
    if language == "zh":
        assert [one for one in english_in(page.html) if "security.txt" not in one] == []


def test_an_alert_of_a_report_is_acknowledged_on_the_page(late: Served) -> None:
    watched(late)
    anna = Visitor(late, ANNA).open("/alerts")
    (field,) = anna.html.xpath(f"(//form[@action='/acknowledge'][input[@value='{REPORT}']])[1]//input[@name='what']")
    before = forms_about(anna, REPORT)
    anna.send("/acknowledge", {"incident": REPORT, "what": field.get("value")})

    assert "You take care of it." in anna.text
    assert forms_about(anna, REPORT) == before - 1


def test_a_limit_that_passed_while_no_watchman_watched_says_so_and_has_nothing_to_acknowledge(late: Served) -> None:
    anna = Visitor(late, ANNA).open("/alerts")

    assert "The limit passed, and no alert was raised." in anna.text
    assert forms_about(anna, REPORT) == 0


def test_programs_get_them_beside_those_of_incidents_and_they_count(late: Served) -> None:
    watched(late)
    token = late.token(ANNA, "read_incidents", "acknowledge_alerts", roles=frozenset({Role.ADMIN, Role.COMMANDER}))
    api = late.client(authorization=f"Bearer {token}")
    found = api.get("/api/v1/alerts").json()
    own = {one["kind"]: one for one in found["others"]}
    done = api.post(
        f"/api/v1/incidents/{REPORT}/acknowledgements", json={"what": own["report"]["what"], "lasts": "PT2H"}
    )
    unknown = api.post("/api/v1/incidents/RP-2026-0077/acknowledgements", json={"what": "x", "lasts": "PT2H"})

    assert found["alerts"] == []
    assert found["count"] == len(found["others"])
    assert set(own) == {"report", "transfers", "sites"}
    assert all(clock["title_zh"] for one in found["others"] for clock in one["clocks"])
    assert (done.status_code, unknown.status_code) == (201, 404)
    assert api.get("/api/v1/alerts").json()["count"] == found["count"] - 1
