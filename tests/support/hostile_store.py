"""A store into which somebody put markup, formulas and turned signs wherever a person or a host can put words."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zipfile import ZipFile, is_zipfile

import lxml.html

from leakguard.accounts.rights import Role
from leakguard.alerts.records import raised_record
from leakguard.frozen import replace
from leakguard.intake.naming import named_in
from leakguard.intake.reading import read_form
from leakguard.intake.view import received_records
from leakguard.models.alerts import Alert, Severity
from leakguard.models.events import exactly
from leakguard.models.records import Record
from leakguard.web.sessions import TOKEN_HEADER
from support.door import SAME, Served
from support.findings import make_finding
from support.hostile_words import hostile_finding
from support.notices import CAC, settled
from support.played import played_in
from support.web_client import TestClient

MARKUP = (
    "=cmd|' /C calc'!A1 <script>alert(1)</script>\"><img src=x onerror=alert(2)>'`<b id=planted>{{7*7}}${7*7}"
    "javascript:alert(3) </title></textarea><svg onload=alert(4)>"
)
"""What a name may hold."""
WORDS = f"{MARKUP} \u202egnp.exe\u2066\u2028 {'w' * 40}"
"""What a text may hold, too."""
LINK = "javascript:alert(document.domain)"
OLGA, EVE = "Olga All", MARKUP[:150]
"""Somebody with every role, and somebody with a name."""
RUN, FINDING = "R-20260524-1a2b3c", "F-1a2b3c4d"
SCOPE = """\
scope: campus
owner: {{organisation: {words}, contact: {words}, approved_by: {words}, approved_at: 2020-01-01}}
valid: {{from: 2020-01-01, until: 2099-01-01}}
include: [127.0.0.0/24]
"""


@dataclass(slots=True)
class HostileCase:
    """The store, a browser of somebody with every role, and a thing for each place of a path."""

    served: Served
    client: TestClient
    token: str
    places: dict[str, str] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """The incident in the API."""
        return f"/incidents/{self.places['incident']}"

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401  (JSON holds anything)
        """What an operation answers."""
        self.served.time.seconds += 60
        answer = self.client.request(
            method, f"/api/v1{path}", json=body, headers={**SAME, TOKEN_HEADER: self.token, **headers}
        )
        assert answer.is_success, (path, answer.text)
        return answer.json()


def hostile_case(served: Served) -> HostileCase:
    """Plant the words everywhere."""
    served.add(OLGA, *Role)
    served.add(EVE, Role.DPO)
    client, token = served.browser(OLGA)
    case = HostileCase(served=served, client=client, token=token)
    (served.folder / "scope.yaml").write_text(SCOPE.format(words=json.dumps(MARKUP)), encoding="utf-8")
    _found(case)
    case.places |= {
        "incident": case.ask("POST", "/incidents", {"title": WORDS[:190], "findings": [FINDING]})["id"],
        "run": RUN, "finding": FINDING, "duty": CAC, "letter": CAC, "account": served.people[EVE].actor,
        "clock": f"{CAC}.initial", "step": "take_command", "scenario": "university-2019",
        "playbook": "exposed-datastore-24h", "card": played_in(served.folder).name,
    }  # fmt: skip
    _reported(case)
    _worked_on(case)
    _decided(case)
    return case


def _reported(case: HostileCase) -> None:
    """A stranger sends them by the form."""
    words = {"text": WORDS, "subject": WORDS[:190], "name": WORDS[:190], "email": "f@example.org"}
    message = read_form(json.dumps(words).encode(), name="the form")
    case.places["report"] = "RP-2026-0001"
    with case.served.wiring() as wiring:
        records = received_records(message, named_in(message.text), at=wiring.now(), duplicate_of="")
        wiring.store.append(case.places["report"], records)


def _found(case: HostileCase) -> None:
    at = case.served.time.now()
    poisoned = hostile_finding(WORDS)
    finding = replace(
        poisoned, id=FINDING, run=RUN, check_id="elasticsearch_open", target="127.0.0.1:9200", address="127.0.0.1",
        vantage="local", datastore="elasticsearch", transport="https", references=(LINK, WORDS),
    )  # fmt: skip
    with case.served.wiring() as wiring:
        for kind in ("run_started", "run_finished"):
            content = {"targets": ["127.0.0.0/24"], "planned": 1, "resolved": {}, "counts": {}}
            wiring.store.append(RUN, (Record(kind=kind, occurred_at=exactly(at), content=content),))
            if kind == "run_started":
                wiring.store.save_findings(
                    RUN, [finding, make_finding("F-2b3c4d5e", run=RUN, target="127.0.0.1:9201")], {}
                )


def _worked_on(case: HostileCase) -> None:
    ask, at = case.ask, case.at
    for kind in ("notice_received", "awareness", "discovery", "contained"):
        case.places["event"] = ask("POST", f"{at}/events", {"kind": kind, "source": WORDS, "reason": WORDS})["id"]
    ask("POST", f"{at}/events", {"kind": "note", "fields": {"text": WORDS}})
    facts = settled(
        breach_description={"value": {"en": WORDS, "zh": WORDS}}, cause={"value": {"en": WORDS, "zh": WORDS}},
        measures_taken={"value": {"en": [WORDS], "zh": [WORDS]}}, threat_actor={"unknown": {"en": WORDS, "zh": WORDS}},
        exposure={"value": True, "evidence": WORDS},
    )  # fmt: skip
    facts["organisation"] |= {"name": {"en": WORDS, "zh": WORDS}, "dpo": {"name": MARKUP, "email": "a@example.org"}}
    ask("PUT", f"{at}/facts", {**facts, "events": []})
    ask("POST", f"{at}/playbook", {"playbook": case.places["playbook"]})
    for step in ("", "take_command"):
        ask("POST", f"{at}/comments", {"text": WORDS, **({"step": step} if step else {})})
    sent = case.client.post(
        f"/api/v1{at}/evidence", params={"name": WORDS[:190], "source": WORDS[:190]}, content=b"x",
        headers={**SAME, TOKEN_HEADER: case.token, "content-type": "application/octet-stream"},
    )  # fmt: skip
    assert sent.is_success, sent.text
    item = case.places["item"] = sent.json()["items"][0]["id"]
    ask("POST", f"/evidence/{item}/hand-over", {"to": MARKUP})
    ask("POST", f"/evidence/{item}/seal", {"seal": WORDS})
    ask("POST", f"/evidence/{item}/hold", {"reason": WORDS})
    done = {"evidence": {"role_list": item}, "reason": WORDS}
    ask("POST", f"{at}/steps/take_command/done", done)
    ask("POST", f"{at}/steps/decide_awareness/done", {"form": {"basis": MARKUP}})
    ask("POST", f"{at}/steps/contain/failed", {"failure": WORDS})
    now = case.served.time.now()
    alarm = Alert(
        incident=case.places["incident"], clock="remediate", generation=1, threshold="50%", severity=Severity.WARNING,
        at=now, due_at=now, is_statutory=False,
    )  # fmt: skip
    with case.served.wiring() as wiring:
        wiring.store.append_once(case.places["incident"], (raised_record(alarm, message="A-3f9a1c2b4d5e", now=now),))


def _decided(case: HostileCase) -> None:
    ask, at = case.ask, case.at
    ask("POST", f"{at}/places", {"place": "KG", "role": "controller", "anyway": True, "reason": WORDS})
    ask("POST", f"{at}/duties/eu-gdpr-34-individuals", {"applies": "no", "reason": WORDS})
    shown = ask("GET", f"{at}/letters/{CAC}?lang=zh")
    passage = shown["text"]["passages"][0]
    ask("PUT", f"{at}/letters/{CAC}/passages", {
        "lang": "zh", "facts_sha256": shown["facts_sha256"], "passages": {passage["id"]: WORDS[:1500]},
    })  # fmt: skip
    version = ask("GET", f"{at}/letters/version?duty={CAC}&stage=initial&lang=zh")
    letter = {"duty": CAC, "stage": "initial", "lang": "zh", "digest": version["digest"]}
    ask("POST", f"{at}/approvals", letter | {"written_at": version["written_at"], "role": MARKUP[:60]})
    ask("POST", f"{at}/filings", {"duty": CAC, "stage": "initial", "reference": WORDS[:190]})
    ask("POST", f"{at}/actions", {"title": WORDS, "owner": EVE, "due": "2099-12-31"})
    ask("POST", f"{at}/steps/verify/assign", {"to": EVE})
    ask("POST", "/findings/F-2b3c4d5e/mute", {"reason": WORDS, "owner": MARKUP, "until": _tomorrow(case)})
    ask("POST", "/tokens", {"name": WORDS[:60], "scopes": ["read_incidents"]})
    ask("POST", "/oncall", {"role": "commander", "people": [EVE], "reason": WORDS})
    ask("POST", "/register", {"incidents": [{"title": WORDS[:190], "noticed": "2026-05-20"}]})


def _tomorrow(case: HostileCase) -> str:
    return (case.served.time.now() + timedelta(days=1)).date().isoformat()


def harm_in(text: str) -> list[str]:
    """What of a page would be more than text to a browser; empty for a page that is safe."""
    page = lxml.html.fromstring(text)
    wrong = [f"element {one.tag}" for one in page.xpath("//*[@id='planted'] | //svg[@onload] | //img[@onerror]")]
    wrong += [f"script {one.text}" for one in page.xpath("//script") if not one.get("src")]
    wrong += [f"attribute {one}" for one in page.xpath("//@*[starts-with(name(), 'on')] | //@style")]
    for link in page.xpath("//@href | //@src | //@action | //@formaction | //@xlink:href", namespaces={"xlink": "x"}):
        scheme = link.strip().partition(":")[0].casefold() if ":" in link.partition("/")[0] else ""
        if scheme not in {"", "http", "https", "mailto", "tel", "otpauth"}:
            wrong.append(f"link {link[:60]}")
    if "${49}" in text or "{49}" in text:
        wrong.append("a template was evaluated")
    return wrong


def texts_in(content: bytes) -> str:
    """The words of an answer, whatever its form; the members of an archive too."""
    if not is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", "replace")
    with ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(texts_in(archive.read(one)) for one in archive.namelist())
