"""Exposures: what is open, a finding with its proof, mutes, runs, scans that are started and stopped, the scope."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import timedelta

import pytest

from leakguard.accounts.rights import Role
from leakguard.frozen import replace
from leakguard.ledger.erasure import erasing_record
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, Outcome, Size
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.outputs.words import UNSETTLED
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.web.jobs import Job
from support.door import ANNA, BEN, Served
from support.findings import make_finding
from support.visitor import Visitor
from support.web_world import scope_file

pytestmark = pytest.mark.untraced

FIRST, SECOND = "R-20260524-1a2b3c", "R-20260525-4d5e6f"
OPEN, OTHER = "F-1a2b3c4d", "F-5e6f7a8b"


def run_of(
    served: Served, run: str, *findings: Finding, is_finished: bool = True, state: RunState | None = None
) -> None:
    with served.wiring() as wiring:
        at = exactly(wiring.now())
        content = {"targets": ["127.0.0.1:9200", "127.0.0.1:6379"], "planned": 2, "resolved": {}}
        wiring.store.append(run, (Record(kind="run_started", occurred_at=at, content=content),))
        wiring.store.save_findings(run, list(findings), {}, {} if state is None else {0: state})
        if is_finished:
            wiring.store.append(run, (Record(kind="run_finished", occurred_at=at, content={"counts": {}}),))
    served.time.wait(timedelta(hours=1))


def seen_open(served: Served) -> None:
    small = make_finding(OTHER, run=FIRST, check_id="redis_open", host="cache.example.edu", port=6379)
    run_of(served, FIRST, make_finding(OPEN, run=FIRST), small)


def test_what_is_open_stands_in_the_list_with_where_how_much_and_the_way_to_an_incident(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA).open("/exposures")

    assert "mail.example.edu:9200" in anna.text
    assert "9.5 billion records · 8.4 TB" in anna.text
    assert f"/incidents/new?finding={OPEN}" in anna.links()
    assert "cache.example.edu:6379" not in anna.open("/exposures?words=mail").text


def test_an_empty_store_without_a_scope_says_to_write_the_scope_first_and_how(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/exposures")
    assert "write it first" in anna.text
    assert "/scope" in anna.links()
    assert "leakguard scope init" in anna.open("/scope").text


def test_a_finding_shows_what_was_asked_and_the_sizes_of_what_came_back(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA).open(f"/findings/{OPEN}")

    assert "GET /_cat/indices200812 bytes" in anna.text
    assert "Close the port." in anna.text
    assert "It may be a decoy: answers everything" in anna.text
    assert "cd" * 32 in anna.text


def test_a_muted_finding_stands_apart_with_reason_and_day_and_the_ledger_says_who_muted_it(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA).open(f"/findings/{OPEN}")
    day = (served.time.now() + timedelta(days=30)).date()
    anna.send(f"/findings/{OPEN}/mute", {"reason": "public <b>data</b>", "owner": "A. Owner", "until": day.isoformat()})

    assert f"Muted until {day:%-d %b %Y}." in anna.text
    assert "public <b>data</b>" in anna.open("/exposures?muted=true").text
    assert f"{day:%-d %b %Y}" in anna.text
    assert "mail.example.edu:9200" not in anna.open("/exposures").text
    assert 'reason: "public <b>data</b>"' in (served.folder / "mutes.yaml").read_text(encoding="utf-8")
    with served.wiring() as wiring:
        (entry,) = wiring.store.of_kinds(["finding_muted"])
    assert (entry.subject, entry.content["recorded_by"]["name"]) == (FIRST, ANNA)


def test_a_mute_is_ended_on_the_page_with_a_reason_and_the_finding_is_open_again(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA).open(f"/findings/{OPEN}")
    day = (served.time.now() + timedelta(days=30)).date().isoformat()
    anna.send(f"/findings/{OPEN}/mute", {"reason": "public data", "owner": "A. Owner", "until": day})
    anna.send(f"/findings/{OPEN}/unmute", {"why": "it was <i>moved</i>"})

    assert "The mute has ended." in anna.text
    assert "mail.example.edu:9200" in anna.open("/exposures").text
    assert "public data" not in (served.folder / "mutes.yaml").read_text(encoding="utf-8")
    with served.wiring() as wiring:
        (entry,) = wiring.store.of_kinds(["finding_unmuted"])
    assert (entry.content["reason"], entry.content["recorded_by"]["name"]) == ("it was <i>moved</i>", ANNA)


def test_the_page_now_counts_the_incidents_about_a_critical_finding(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA)
    assert "critical" not in tile(anna)
    anna.open(f"/incidents/new?finding={OPEN}").send("/incidents/new", {"title": "Mail log"})

    assert "1 critical" in tile(anna)


def tile(visitor: Visitor) -> str:
    (found,) = visitor.open("/").html.xpath("//a[contains(@class, 'tile')][@href='/incidents']")
    return " ".join(found.text_content().split())


def test_an_erased_finding_is_told_and_hides_no_other(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA).open(f"/incidents/new?finding={OPEN}").send("/incidents/new", {"title": "Mail log"})
    with served.wiring() as wiring:
        wiring.store.save_findings("R-9", [make_finding("F-0000000e", run="R-9")], {})
        (incident,) = (record.subject for record in wiring.store.of_kinds(["incident_opened"]))
        fields = {"finding": "F-0000000e"}
        at = exactly(wiring.now())
        wiring.store.append(incident, [record_of_event(kind="exposure_seen_again", occurred_at=at, fields=fields)])
        erased = erasing_record([], findings=["F-0000000e"], by="Anna Berg", reason="asked for", at=at)
        head = wiring.store.head()
        wiring.store.erase([], ["F-0000000e"], {incident: erased}, seen=head.sequence if head is not None else 0)
    text = anna.open(f"/incidents/{incident}/findings").text

    assert "mail.example.edu:9200" in text
    assert "F-0000000e was erased on purpose." in text


def test_numbers_that_nobody_states_are_no_zero(served: Served) -> None:
    unsized = make_finding("F-0000000d", run=FIRST, outcome=Outcome.EXPOSED)
    run_of(served, FIRST, replace(unsized, verdict=replace(unsized.verdict, size=Size(records=None, bytes=20))),
           state=RunState(next_position=2, counts={"exposed": 1}))  # fmt: skip
    tiles = Visitor(served, ANNA).open("/exposures").html.xpath("//div[contains(@class, 'tile')]")
    (records,) = (text for one in tiles if "Records that lie open" in (text := one.text_content()))

    assert "not known" in records
    assert "20 bytes" in records


def test_a_finding_is_added_to_the_incident_that_somebody_reported_and_has_to_be_proved_closed(served: Served) -> None:
    seen_open(served)
    with served.wiring() as wiring:
        incident = open_incident(wiring.store, (), now=wiring.now(), title="<b>Mail log</b> open").id
    anna = Visitor(served, ANNA).open(f"/incidents/{incident}/findings")
    assert "add what was found to this incident" in anna.text
    anna.open(f"/findings/{OPEN}").send(f"/findings/{OPEN}/incident", {"incident": incident})

    assert "The finding belongs to this incident now." in anna.text
    assert "mail.example.edu:9200" in anna.text
    assert "Exposures that are not proved closed" in anna.open(f"/incidents/{incident}/close").text
    assert "Add it to this incident" not in anna.open(f"/findings/{OPEN}").text
    assert "<b>Mail log</b> open" in anna.text


def test_a_finding_is_added_to_no_incident_by_who_may_record_nothing(served: Served) -> None:
    seen_open(served)
    with served.wiring() as wiring:
        open_incident(wiring.store, (), now=wiring.now(), title="Mail log open")
    served.add("Vera", Role.VIEWER)
    text = Visitor(served, "Vera").open(f"/findings/{OPEN}").text

    assert "No incident is about this yet." in text
    assert "Add it to this incident" not in text


def test_a_mute_of_more_than_a_year_is_refused_and_nothing_is_written(served: Served) -> None:
    seen_open(served)
    anna = Visitor(served, ANNA).open(f"/findings/{OPEN}")
    far = (served.time.now() + timedelta(days=400)).date().isoformat()
    anna.send(f"/findings/{OPEN}/mute", {"reason": "why", "owner": "A. Owner", "until": far}, status=400)

    assert "must lie within a year" in anna.text
    assert not (served.folder / "mutes.yaml").exists()


def test_who_may_only_read_sees_no_button_and_who_can(served: Served) -> None:
    seen_open(served)
    served.add("Vera", Role.VIEWER)
    vera = Visitor(served, "Vera").open(f"/findings/{OPEN}")

    assert "A commander can mute" in vera.text
    assert not [one.get("action") for one in vera.html.forms if "findings" in str(one.get("action"))]
    assert "/scans/new" not in vera.open("/exposures").links()


def test_two_runs_are_listed_and_compared(served: Served) -> None:
    seen_open(served)
    run_of(served, SECOND, make_finding("F-9c9c9c9c", run=SECOND, outcome=Outcome.NOT_EXPOSED))
    anna = Visitor(served, ANNA).open("/runs")
    assert [link for link in anna.links() if link.startswith("/runs/")] == [f"/runs/{SECOND}", f"/runs/{FIRST}"]

    assert "What it saw open" in anna.open(f"/runs/{SECOND}").text
    found = anna.open(f"/runs/{SECOND}/changes?since={FIRST}").text
    assert "no longer open mail.example.edu:9200" in found
    assert "unknown cache.example.edu:6379" in found
    assert "no longer open mail.example.edu:9200" in anna.open(f"/runs/{SECOND}/changes").text
    assert "There is no earlier run" in anna.open(f"/runs/{FIRST}/changes").text


def test_what_is_proved_closed_leaves_the_list_and_what_nobody_asked_again_stays(served: Served) -> None:
    seen_open(served)
    assert "All 2" in Visitor(served, ANNA).open("/exposures").text
    run_of(served, SECOND, make_finding("F-9c9c9c9c", run=SECOND, outcome=Outcome.NOT_EXPOSED))
    text = Visitor(served, ANNA).open("/exposures").text

    assert "mail.example.edu" not in text
    assert "cache.example.edu:6379" in text


def test_a_scope_that_has_expired_is_shown_with_why_and_starts_nothing(served: Served) -> None:
    scope_file(served.folder)
    text = (served.folder / "scope.yaml").read_text(encoding="utf-8").replace("2099-01-01", "2020-01-02")
    (served.folder / "scope.yaml").write_text(text, encoding="utf-8")
    anna = Visitor(served, ANNA).open("/scope")

    assert "the scope expired on 2020-01-02" in anna.text
    assert "127.0.0.0/24" in anna.text
    assert "The scope permits no scan today." in anna.open("/scans/new").text


def test_a_scan_is_estimated_started_and_ends_on_its_page(served: Served) -> None:
    scope_file(served.folder)
    served.time.clock.at = served.door.shared.system_time.now()  # the scan is a process with the real time
    anna = Visitor(served, ANNA).open("/scans/new")
    form = dict(anna.form("/scans/new").form_values()) | {"targets": "127.0.0.1:1"}
    told = anna.client.post("/scans/estimate", data=form, headers={"sec-fetch-site": "same-origin"})
    assert "What this scan would do" in told.text
    assert 'value="127.0.0.1:1"' in told.text
    anna.send("/scans/new", {"targets": "127.0.0.1:1"})
    (job,) = served.door.jobs.all()
    job.process.wait(60)

    assert job.exit_code == 0, job.last_words()
    assert "Finished" in anna.open("/scans").text


STATE = {"schema": "leakguard.progress/1", "planned": 200, "done": 50, "open_found": 3}


def running_job(served: Served) -> Job:
    """As a scan that has said how far it is; its process only waits."""
    told = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `forget`)
    told.write(json.dumps(STATE | {"rate_per_second": 5.0, "seconds_left": 30}).encode() + b"\nlast word\n")
    told.flush()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    now = served.time.now()
    job = Job(id="S-1", what="scan", by="acc_x", started_at=now, behind=0, process=process, errors=told, output=None)
    served.door.jobs.keep(job)
    return job


def test_a_scan_that_runs_shows_how_far_it_is_and_can_be_stopped(served: Served) -> None:
    job = running_job(served)
    anna = Visitor(served, ANNA).open("/scans")
    assert "50 of 200 endpoints · 3 open · 5 a second · less than a minute left" in anna.text
    assert job.last_words() == "last word"
    anna.open("/scans").send("/scans/S-1/cancel")
    job.process.wait(10)

    assert "The scan is asked to end." in anna.text
    assert job.exit_code is not None


def test_a_run_that_was_stopped_can_go_on_from_its_page_and_one_that_is_finished_cannot(served: Served) -> None:
    run_of(served, FIRST, make_finding(OPEN, run=FIRST), is_finished=False)
    run_of(served, SECOND)
    anna = Visitor(served, ANNA).open(f"/runs/{FIRST}")
    assert anna.form(f"/runs/{FIRST}/resume") is not None
    assert "/resume" not in anna.open(f"/runs/{SECOND}").answer.text

    ben = Visitor(served, BEN).open(f"/runs/{FIRST}")
    assert "/resume" not in ben.answer.text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_run_says_in_words_why_what_looks_closed_is_not_settled(served: Served, language: str) -> None:
    """A code is for programs; each that an endpoint can be unsettled by has words in both languages."""
    for number, code in enumerate(UNSETTLED):
        run = f"R-20260524-00000{number}"
        state = RunState(next_position=2, counts={"protected": 2}, unsettled={code: 37})
        run_of(served, run, make_finding(f"F-0000000{number}", run=run, outcome=Outcome.NOT_EXPOSED), state=state)
        text = Visitor(served, ANNA, language=language).open(f"/runs/{run}").text

        assert "37 ×" in text
        assert code not in text


@pytest.mark.parametrize(
    ("counts", "outcome", "says"),
    [
        ({"silent": 2}, Outcome.NOT_EXPOSED, "Endpoints that did not answer: 2."),
        ({"other": 2}, Outcome.NOT_EXPOSED, "Endpoints with an answer that no check knows: 2."),
        ({"closed": 2}, Outcome.INCONCLUSIVE, "Findings without a clear answer: 1."),
    ],
)
def test_a_run_in_which_an_endpoint_gave_no_clear_answer_does_not_say_that_all_did(
    served: Served, counts: dict[str, int], outcome: Outcome, says: str
) -> None:
    state = RunState(next_position=2, counts=counts)
    run_of(served, FIRST, make_finding("F-00000001", run=FIRST, outcome=outcome), state=state)
    run_of(served, SECOND, make_finding("F-00000002", run=SECOND, outcome=Outcome.NOT_EXPOSED),
           state=RunState(next_position=2, counts={"closed": 2}))  # fmt: skip
    anna = Visitor(served, ANNA)

    assert says in anna.open(f"/runs/{FIRST}").text
    assert "gave a clear answer" not in anna.text
    assert "Every endpoint of its plan gave a clear answer." in anna.open(f"/runs/{SECOND}").text


def test_a_finding_is_probed_again_and_its_page_shows_how_that_ends(served: Served) -> None:
    scope_file(served.folder)
    seen_open(served)
    anna = Visitor(served, ANNA).open(f"/findings/{OPEN}").send(f"/findings/{OPEN}/verify")
    (job,) = served.door.jobs.all()
    job.process.wait(60)

    assert job.what == "verification"
    assert "scan=" in str(anna.path)
    assert "verification" in anna.open(str(anna.path)).text


def test_a_finding_of_an_incident_is_probed_again_from_there_and_leads_back(served: Served) -> None:
    seen_open(served)
    scope_file(served.folder)
    with served.wiring() as wiring:
        opened = open_incident(wiring.store, (make_finding(OPEN, run=FIRST),), now=wiring.now(), title="Mail log open")
    incident = f"/incidents/{opened.id}"
    anna = Visitor(served, ANNA).open(f"{incident}/findings")
    assert anna.form(f"/findings/{OPEN}/verify") is not None
    assert f"/findings/{OPEN}" in anna.links()
    assert incident in anna.open(f"/findings/{OPEN}").links()
