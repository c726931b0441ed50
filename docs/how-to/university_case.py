"""The university case, from the notice to the closure, by the API alone.

LEAKGUARD_URL=https://leakguard.example.edu LEAKGUARD_RESPONDER=lg_... LEAKGUARD_COMMANDER=lg_... LEAKGUARD_DPO=lg_... \
LEAKGUARD_COUNSEL=lg_... python university_case.py 192.0.2.7:9200
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

CAC, PIPL = "cn-cac-incident-general", "cn-pipl-57-authority"
FACTS = {
    "incident": "mail-log-open",
    "zone": "Asia/Shanghai",
    "organisation": {
        "name": "Example University", "role": "controller", "country": "CN", "region": "CN-SH", "sector": "education",
        "contact": {"name": "Security Office", "email": "security@example.edu"},
        "dpo": {"name": "Data Protection Office", "email": "privacy@example.edu", "phone": "+86 21 0000 0001"},
    },
    "obligated_as": ["controller", "network_operator"],
    "not_known_yet": "the logs are still being read",
    "facts": {
        "exposure": {"value": True},
        "access": {"unknown": "the web log was kept for 7 days only"},
        "exfiltration": {"unknown": "the web log was kept for 7 days only"},
        "risk": {"value": "high_risk", "why": "who writes to whom, over years"},
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
        "subjects_by_jurisdiction": {"value": {"CN": 41000}},
        "subject_count": {"estimate": {"low": 41000, "high": 60000}},
        "data_categories": {"value": ["contact.email", "location.ip_address"]},
        "subject_categories": {"value": ["students", "staff"]},
        "breach_description": {"value": "A search server was open to the internet."},
        "breach_type": {"value": "wrong access permissions"},
        "location": {"value": "the data centre of the university"},
        "systems": {"value": "one search server"},
        "severity_level": {"value": "relatively major"},
        "threat_grade": {"value": "relatively_serious"},  # from this grade on, the CAC is told
        "actual_harm": {"value": "none known so far"},
        "cause": {"value": "the server asked for no login"},
        "direct_loss": {"value": {"amount": 0, "currency": "CNY"}},
        "consequences": {"value": "deceptive messages"},
        "measures_taken": {"value": ["login switched on", "logs kept"]},
        "measures_planned": {"value": "a review of all servers"},
        "ransom": {"not_applicable": "no demand was made"},
        "trend": {"value": "no further growth"},
    },
}  # fmt: skip


@dataclass(frozen=True)
class Team:
    """A client for each of four people: each has a token of their own."""

    responder: httpx.Client
    commander: httpx.Client
    dpo: httpx.Client
    counsel: httpx.Client


def told(answer: httpx.Response) -> Any:
    """The document of an answer; a refusal says what to do next."""
    if answer.is_error:
        problem = answer.json()
        raise SystemExit(f"{problem['title']}\n{problem.get('detail', '')}\n{problem.get('next_step', '')}")
    return answer.json()


def wait_for(client: httpx.Client, scan: dict[str, Any]) -> dict[str, Any]:
    """Watch a scan until it has ended."""
    while scan["running"]:
        time.sleep(0.2)
        scan = told(client.get(f"/scans/{scan['id']}"))
    if scan["exit_code"] not in {0, 1}:
        raise SystemExit(scan["problem"])
    return scan


def play(team: Team, target: str, close_the_door: Callable[[], None]) -> str:
    """Play the case; returns the id of the incident."""
    finding = find(team, target)
    incident = open_incident(team, finding)
    state_the_facts(team, incident)
    tell_the_authority(team, incident)
    close_the_door()
    prove_closure(team, finding)
    finish_the_steps(team, incident)
    close(team, incident)
    return incident


def find(team: Team, target: str) -> str:
    """Scan one server of the scope, and read what is open there."""
    scan = wait_for(team.responder, told(team.responder.post("/scans", json={"targets": [target]})))
    run = told(team.responder.get(f"/runs/{scan['run']}"))
    return next(one["id"] for one in run["findings"] if one["outcome"] == "exposed")


def open_incident(team: Team, finding: str) -> str:
    """Open the incident and record what happened; the clocks start."""
    asked = {"findings": [finding], "title": "Mail log open", "zone": "Asia/Shanghai"}
    key = {"Idempotency-Key": f"open-{finding}"}  # sent twice by mistake, it still opens one incident
    incident = told(team.responder.post("/incidents", json=asked, headers=key))["id"]
    for kind, source in (("notice_received", "e-mail of a researcher"), ("discovery", "our own scan")):
        told(team.responder.post(f"/incidents/{incident}/events", json={"kind": kind, "source": source}))
    told(team.commander.post(f"/incidents/{incident}/playbook", json={}))
    do(team.commander, incident, "take_command", "role_list")
    do(team.dpo, incident, "decide_awareness", form={"basis": "it answers without a login"}, second=team.counsel)
    clocks = told(team.commander.get(f"/incidents/{incident}/clocks"))["clocks"]
    soonest = min(
        (one for one in clocks if one["state"] == "running" and one["work_by"]), key=lambda one: one["work_by"]
    )
    why = told(team.commander.get(f"/incidents/{incident}/clocks/{soonest['id']}"))["why"]
    print(f"{incident}: the first limit is {soonest['work_by_local']} ({soonest['id']})", *why, sep="\n  ")
    for alert in told(team.commander.get(f"/incidents/{incident}/alerts"))["alerts"]:
        if not alert["acknowledged"]:
            told(team.commander.post(f"/incidents/{incident}/acknowledgements", json={"what": alert["id"]}))
    return incident


def do(
    client: httpx.Client, incident: str, step: str, *evidence: str, form: dict[str, Any] | None = None,
    second: httpx.Client | None = None,
) -> None:  # fmt: skip
    """Upload the evidence, and record that the step is done; another person confirms what needs two."""
    items = {}
    for name in evidence:
        uploaded = client.post(
            f"/incidents/{incident}/evidence", params={"name": f"{name}.txt"}, content=f"{step}: {name}".encode()
        )
        items[name] = told(uploaded)["items"][0]["id"]
    body = {"evidence": items, "form": form or {}}
    told(client.post(f"/incidents/{incident}/steps/{step}/done", json=body))
    if second is not None:
        told(second.post(f"/incidents/{incident}/steps/{step}/confirm"))


def state_the_facts(team: Team, incident: str) -> None:
    """Write the facts, see which duties they bring, and settle what no rule is known for."""
    told(team.dpo.put(f"/incidents/{incident}/facts", json=FACTS))
    assessed = told(team.dpo.get(f"/incidents/{incident}/assessment"))
    duties = [one["duty"] for one in assessed["assessments"] if one["applies"] == "yes"]
    print("Duties that apply:", *duties, sep="\n  ")
    question = told(team.dpo.get(f"/incidents/{incident}/next-fact"))["next"]
    print("Find out next:", question["asks"] if question else "nothing")
    for place in assessed["places"]:
        if place["state"] == "no_rule_known" and place["settled"] is None:
            reason = {"reason": "local counsel: the law asks for no notice"}
            settled = {"place": place["place"], "role": place["role"], **reason}
            told(team.counsel.post(f"/incidents/{incident}/places", json=settled))


def tell_the_authority(team: Team, incident: str) -> None:
    """Draft the letter, let two people approve exactly that, and record that it was filed."""
    letter = {"duty": CAC, "stage": "initial", "lang": "en"}
    missing = told(team.dpo.get(f"/incidents/{incident}/letters/check", params={"duty": CAC, "stage": "initial"}))
    doubts = told(team.dpo.get(f"/incidents/{incident}/letters/lint", params=letter))
    print("The letter lacks:", missing["missing"], "and reads badly at:", [one["where"] for one in doubts["problems"]])
    page = team.dpo.get(f"/incidents/{incident}/letters/draft", params={**letter, "as": "html"})
    print(f"The draft has {len(page.content):,} bytes of HTML.")
    version = told(team.counsel.get(f"/incidents/{incident}/letters/version", params=letter))
    for person, role in ((team.counsel, "counsel"), (team.dpo, "DPO")):
        approval = {**letter, "digest": version["digest"], "role": role}
        approved = told(person.post(f"/incidents/{incident}/approvals", json=approval))
    print("Approved by", " and ".join(one["by"] for one in approved["approvals"]))
    for duty in (CAC, PIPL):
        filing = {"duty": duty, "stage": "initial", "reference": "receipt 17"}
        told(team.dpo.post(f"/incidents/{incident}/filings", json=filing))


def prove_closure(team: Team, finding: str) -> None:
    """Probe the server again: only an answer proves that it is closed, never a silence."""
    scan = wait_for(team.responder, told(team.responder.post("/verifications", json={"findings": [finding]})))
    (seen,) = scan["result"]["findings"]
    if seen["closure"] != "closed":
        raise SystemExit(f"{seen['target']} is {seen['closure']}: {seen['reason']}")


def finish_the_steps(team: Team, incident: str) -> None:
    """Do every step that is left, each by a person who may."""
    do(team.responder, incident, "contain", "config_before", "config_after")
    do(
        team.responder, incident, "preserve_evidence", "logs_copied", "copy_digests",
        form={"logs_from": "2026-05-01", "traces": "none_found"},
    )  # fmt: skip
    do(
        team.responder, incident, "scope_data", "data_inventory",
        form={"categories": ["contact.email"], "people_low": 41000, "people_high": 60000, "jurisdictions": ["CN"]},
    )  # fmt: skip
    risk = {"risk": "high_risk", "tell_people": "yes", "basis": "who writes to whom, over years"}
    do(team.dpo, incident, "decide_risk", form=risk, second=team.counsel)
    do(team.dpo, incident, "tell_authorities", "receipts", form={"filed": [CAC, PIPL]}, second=team.counsel)
    people = {"count": 41000, "channel": "mail, and the home page"}
    do(team.commander, incident, "tell_people", "letter_approved", form=people, second=team.dpo)
    do(team.responder, incident, "recover", "access_test", "secrets_changed")
    do(team.commander, incident, "learn", "review_notes")
    left = told(team.commander.get(f"/incidents/{incident}/playbook"))["open"]
    print("Steps that are open:", left or "none")


def close(team: Team, incident: str) -> None:
    """Close the incident, and keep what proves it."""
    missing = told(team.commander.get(f"/incidents/{incident}/missing"))["missing"]
    for one in missing:
        print(f"Missing: {one['area']}: {one['text']}")
    areas = sorted({one["area"] for one in missing})
    told(
        team.commander.post(
            f"/incidents/{incident}/close", json={"reason": "counsel follows what is left", "despite": areas}
        )
    )
    rows = told(team.dpo.get("/register"))["register"]
    print(f"The register has {len(rows)} row.")
    verified = told(team.counsel.post("/ledger/verify", json={}))
    print("The ledger:", verified["answer"], "with", verified["entries"], "entries")
    head = told(team.counsel.get("/ledger/head"))
    print("Keep this elsewhere:", head["short"])
    bundle = team.counsel.post("/evidence/export", json={"incident": incident, "to": "the authority"})
    print(f"The bundle has {len(bundle.content):,} bytes.")


def main() -> None:
    """Play the case on a server of yours."""

    def client(person: str) -> httpx.Client:
        token = os.environ[f"LEAKGUARD_{person}"]
        url = f"{os.environ['LEAKGUARD_URL']}/api/v1"
        return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    team = Team(*(client(person) for person in ("RESPONDER", "COMMANDER", "DPO", "COUNSEL")))
    play(team, sys.argv[1], lambda: input("Close the server, then press Enter. ") and None)


if __name__ == "__main__":
    main()
