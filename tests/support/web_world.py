"""A store in which every operation has something to work on, and a request for each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
from httpx import Response

from leakguard.accounts.rights import Right, Role
from leakguard.accounts.sessions import Kind
from leakguard.accounts.tokens import secret_hash
from leakguard.alerts.records import raised_record
from leakguard.clocks.times import parse_instant
from leakguard.models.accounts import Passkey
from leakguard.models.alerts import Alert, Severity
from leakguard.models.events import Interval
from leakguard.models.people import LoginMethod
from leakguard.models.records import Record
from leakguard.settings import Settings, read_settings
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.log_in import open_session
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.web.operations import OPERATIONS
from support.findings import make_finding
from support.notices import CAC, settled
from support.played import begin_on, drill_settings, played_in
from support.report_asks import report_asks
from support.web import COMMANDER, COUNSEL, DPO, PEOPLE, RESPONDER, WHO, Web, people, web_in
from support.web_client import TestClient
from support.web_shapes import misfits, validator_of

RUN, FINDING, ALERT = "R-20260524-1a2b3c", "F-1a2b3c4d", "A-3f9a1c2b4d5e"
CHANNEL = """
drill = true
zone = "Asia/Shanghai"

[[channel]]
name = "office"
kind = "smtp"
host = "mail.example.edu"
from = "privacy@example.edu"
to = ["privacy@example.edu"]
port = 587
"""
"""A mail server that is never called, as it is a drill: letters go into a file."""
SCOPE = """\
scope: campus
owner: {organisation: Example University, contact: security@example.edu, approved_by: CISO, approved_at: 2020-01-01}
valid: {from: 2020-01-01, until: 2099-01-01}
include: [127.0.0.0/24]
"""
Ask = Callable[[TestClient], Response]


ACTION = {"title": "close port 9200 in the template", "owner": RESPONDER, "due": "2026-12-31"}
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of a second factor."""
LAST = (
    "confirm_step", "withdraw_approval", "take_back_step", "reopen_incident", "start_playbook", "migrate_playbook",
    "show_scan", "cancel_scan", "erase_account", "take_second_factor", "remove_passkey", "end_sessions",
    "change_password", "redact_evidence",
)  # fmt: skip
"""Asked behind all others, in this order: they need what the others do."""


@dataclass(slots=True)
class World:
    """One incident with a playbook, facts, an alert, evidence and a finding; and a closed one."""

    web: Web
    incident: str = ""
    closed: str = ""
    item: str = ""
    digest: str = ""
    job: str = ""
    drill: Web | None = None
    asks: dict[str, Ask] = field(default_factory=dict)


def world_in(web: Web) -> World:
    """Fill the store of a server."""
    world = World(web=web)
    (web.folder / "scope.yaml").write_text(SCOPE, encoding="utf-8")
    _found(web)
    boss, dpo = web.client(), web.client("Dora Officer")
    world.incident = _made(boss.post("/incidents", json={"findings": [FINDING], "title": "a search server"}))["id"]
    world.closed = _made(boss.post("/incidents", json={"title": "another"}))["id"]
    at = f"/incidents/{world.incident}"
    for kind in ("awareness", "discovery"):
        _made(boss.post(f"{at}/events", json={"kind": kind}))
    _made(boss.post(f"{at}/playbook", json={}))
    _made(boss.put(f"{at}/facts", json={**settled(), "events": []}))
    world.item = _made(boss.post(f"{at}/evidence?name=role_list.txt", content=b"who does what"))["items"][0]["id"]
    version = {"duty": CAC, "stage": "initial"}
    world.digest = _made(boss.get(f"{at}/letters/version", params=version))["digest"]
    _made(dpo.post(f"{at}/approvals", json={**version, "digest": world.digest}))
    _alerted(web, world.incident)
    world.asks = dict(_asks(world))
    return world


def ask_everything(world: World) -> list[str]:
    """Ask every operation once, and say what of the answers is not as the document declares it."""
    wrong = []
    for one in sorted(OPERATIONS, key=lambda one: LAST.index(one.name) if one.name in LAST else -1):
        who = DPO if one.name == "confirm_step" else who_may(world.web, one.right)
        answer = world.asks[one.name](world.web.client(who))
        if answer.status_code != one.status:
            wrong.append(f"{one.name}: {answer.status_code} {answer.text[:500]}")
        elif one.name in {"start_scan", "start_verification"}:
            world.job = answer.json()["id"]
        elif one.name == "show_run":
            wrong += [error.message for error in validator_of("Run").iter_errors(json.loads(answer.text))]
        if answer.headers["content-type"].partition(";")[0] not in one.media:
            wrong.append(f"{one.name}: {answer.headers['content-type']}")
    return wrong + misfits(world.web.seen)


def who_may(web: Web, right: Right | None) -> str:
    """Somebody with the right; the commander where he has it."""
    names = sorted(PEOPLE, key=lambda name: name != COMMANDER)
    return next(name for name in names if right is None or web.callers[name].may(right))


def _made(answer: Response) -> Any:  # noqa: ANN401  (JSON holds anything)
    assert answer.is_success, answer.text
    return answer.json()


def _found(web: Web) -> None:
    wiring = web.shared.for_caller(None)
    at = parse_instant("2026-05-24T01:00Z", zone="UTC")
    content = {"targets": ["127.0.0.1:9200"], "planned": 1, "resolved": {}}
    begun = Record(kind="run_started", occurred_at=Interval(earliest=at, latest=at), content=content)
    wiring.store.append(RUN, (begun,))
    wiring.store.save_findings(RUN, [make_finding(FINDING, run=RUN)], {})
    wiring.close()


def _alerted(web: Web, incident: str) -> None:
    wiring = web.shared.for_caller(None)
    now = wiring.now()
    alarm = Alert(
        incident=incident, clock="remediate", generation=1, threshold="50%", severity=Severity.WARNING, at=now,
        due_at=now, is_statutory=False,
    )  # fmt: skip
    wiring.store.append_once(incident, (raised_record(alarm, message=ALERT, now=now),))
    wiring.close()


def _action(api: TestClient, at: str) -> str:
    boss = api if api.post(f"{at}/actions", json=ACTION).is_success else None
    assert boss is not None
    return f"{at}/actions/{api.get(f'{at}/actions').json()['actions'][-1]['id']}"


def _own_asks(world: World) -> Mapping[str, Ask]:
    """A token changes no account, so somebody who logged in asks these."""
    web = world.web
    wiring = web.shared.for_caller(None)
    store, password = wiring.store, "correct horse battery"
    person = add_account(store, wiring, NewAccount(name="Olga Own", roles=frozenset({Role.VIEWER}), password=password))
    web.callers[person.name] = Caller(actor=person.actor, name=person.name, roles=frozenset({Role.VIEWER}))
    secret = open_session(store, wiring, person.actor, kind=Kind.WEB, method=LoginMethod.PASSWORD).secret
    store.add_passkey(
        Passkey(id="key-1", actor=person.actor, public_key="p", sign_count=0, name="", created_at=wiring.now())
    )
    wiring.close()
    own = web.client(person.name)
    return {
        "show_own_account": lambda _: own.get("/account"),
        "set_preferences": lambda _: own.put("/account/preferences", json={"language": "zh", "zone": "Asia/Shanghai"}),
        "end_sessions": lambda _: own.post("/account/sessions/end", json={"session": secret_hash(secret)[:16]}),
        "begin_second_factor": lambda _: own.post("/account/second-factor/begin"),
        "take_second_factor": lambda _: own.post(
            "/account/second-factor", json={"secret": TOTP, "code": pyotp.TOTP(TOTP).at(web.shared.now())}
        ),
        "remove_passkey": lambda _: own.post("/account/passkeys/key-1/remove"),
        "change_password": lambda _: own.post(
            "/account/password", json={"old": password, "new": "another horse battery"}
        ),
    }


def _asks(world: World) -> Mapping[str, Ask]:
    at, step = f"/incidents/{world.incident}", f"/incidents/{world.incident}/steps"
    letter = {"duty": CAC, "stage": "initial"}
    lawful = {"reason": "counsel read the law"}
    return {
        "health": lambda api: api.get("/health"),
        "preview_event": lambda api: api.post(f"{at}/events/preview", json={"kind": "reasonable_belief"}),
        "list_event_kinds": lambda api: api.get(f"{at}/event-kinds"),
        "list_notifications": lambda api: api.get(f"{at}/notifications"),
        "list_overviews": lambda api: api.get("/overview", params={"state": "open", "mine": True, "text": "search"}),
        "show_overview": lambda api: api.get(f"{at}/overview"),
        "me": lambda api: api.get("/me"),
        "openapi": lambda api: api.get("/openapi.json"),
        "docs": lambda api: api.get("/docs"),
        "docs_style": lambda api: api.get("/docs.css"),
        "list_incidents": lambda api: api.get("/incidents", params={"limit": 1}),
        "open_incident": lambda api: api.post("/incidents", json={"title": "one more"}),
        "show_incident": lambda api: api.get(at),
        "tell_timeline": lambda api: api.get(f"{at}/timeline"),
        "report_incident": lambda api: api.get(f"{at}/report"),
        "missing_to_close": lambda api: api.get(f"{at}/missing"),
        "close_incident": lambda api: api.post(
            f"/incidents/{world.closed}/close",
            json={"reason": "a test", "despite": ["playbook", "clocks", "duties", "letters", "review", "steps"]},
        ),
        "reopen_incident": lambda api: api.post(f"/incidents/{world.closed}/reopen", json={"reason": "a second copy"}),
        "list_events": lambda api: api.get(f"{at}/events", params={"limit": 2}),
        "record_event": lambda api: api.post(f"{at}/events", json={"kind": "contained", "source": "Li Wei"}),
        "list_changes": lambda api: api.get("/events", params={"limit": 3}),
        "stream_changes": lambda api: api.get("/events/stream"),
        "show_board": lambda api: api.get("/clocks"),
        "list_waiting_alerts": lambda api: api.get("/alerts"),
        "list_waiting_for_me": lambda api: api.get("/waiting", params={"limit": 2}),
        "search": lambda api: api.get("/search", params={"q": "gdpr"}),
        "show_watchman": lambda api: api.get("/watchman"),
        "show_counts": lambda api: api.get("/counts"),
        "list_clocks": lambda api: api.get(f"{at}/clocks", params={"by_facts": True}),
        "why_clock": lambda api: api.get(f"{at}/clocks/remediate"),
        "list_alerts": lambda api: api.get(f"{at}/alerts"),
        "acknowledge_alert": lambda api: api.post(f"{at}/acknowledgements", json={"what": ALERT, "lasts": "PT1H"}),
        "list_playbooks": lambda api: api.get("/playbooks"),
        "show_playbook": lambda api: api.get("/playbooks/exposed-datastore-24h"),
        "start_playbook": lambda api: api.post(f"/incidents/{world.closed}/playbook", json={}),
        "next_steps": lambda api: api.get(f"{at}/playbook"),
        "show_step": lambda api: api.get(f"{step}/decide_awareness"),
        "run_steps": lambda api: api.post(f"{at}/playbook/run", json={"step": "verify"}),
        "preview_migration": lambda api: api.get(f"{at}/playbook/migration", params={"to": "ransomed-datastore"}),
        "migrate_playbook": lambda api: api.post(
            f"/incidents/{world.closed}/playbook/migration", json={"to": "ransomed-datastore", **lawful}
        ),
        "do_step": lambda api: api.post(f"{step}/take_command/done", json={"evidence": {"role_list": world.item}}),
        "confirm_step": lambda api: api.post(f"{step}/contain/confirm"),
        "fail_step": lambda api: api.post(f"{step}/contain/failed", json={"failure": "port 9200 still answers"}),
        "skip_step": lambda api: api.post(f"{step}/contain/skip", json=lawful),
        "take_back_step": lambda api: api.post(f"{step}/take_command/take-back", json=lawful),
        "list_comments": lambda api: api.get(f"{at}/comments"),
        "add_comment": lambda api: api.post(f"{at}/comments", json={"text": "they call back", "step": "contain"}),
        "assign_step": lambda api: api.post(f"{step}/contain/assign", json={"to": RESPONDER}),
        "list_tasks": lambda api: api.get("/tasks", params={"for": RESPONDER}),
        "show_on_call": lambda api: api.get("/oncall"),
        "set_on_call": lambda api: api.post("/oncall", json={"role": "commander", "people": [COMMANDER]}),
        "show_facts": lambda api: api.get(f"{at}/facts"),
        "write_facts": lambda api: api.put(
            f"{at}/facts", json={**settled(trend=None), "events": []},
            headers={"If-Match": api.get(f"{at}/facts").headers.get("etag", "")},
        ),
        "list_facts": lambda api: api.get("/facts"),
        "show_interview": lambda api: api.get(f"{at}/interview"),
        "answer_facts": lambda api: _answered(api, at, {"facts.malicious": {"value": False}}),
        "preview_duties": lambda api: api.post(
            f"{at}/facts/preview", json={"answers": {"facts.exposure": {"value": False}}}
        ),
        "list_fact_changes": lambda api: api.get(
            f"{at}/facts/changes", params={"since": api.get(f"{at}/facts").json()["sha256"]}
        ),
        "propose_organisation": lambda api: api.get(f"/incidents/{world.closed}/organisation"),
        "list_duties": lambda api: api.get("/duties", params={"q": "GDPR", "place": "DE"}),
        "show_duty": lambda api: api.get(f"/duties/{CAC}"),
        "list_incident_duties": lambda api: api.get(f"{at}/duties", params={"applies": "no", "limit": 5}),
        "why_duty": lambda api: api.get(f"{at}/duties/{CAC}"),
        "show_edpb_form": lambda api: api.get(f"{at}/edpb"),
        "export_edpb": lambda api: (
            _answered(api, at, {"facts.reporter": {"value": "Dora Officer"}, "edpb.field_23": "DPO"}),
            api.get(f"{at}/edpb/export"),
        )[1],
        "search_register": lambda api: api.get("/register/rows", params={"q": "server"}),
        "record_small_incidents": lambda api: api.post(
            "/register", json={"incidents": [{"title": "a letter to a wrong address", "noticed": "2026-06-10"}]}
        ),
        "assess_duties": lambda api: api.get(f"{at}/assessment"),
        "next_fact": lambda api: api.get(f"{at}/next-fact"),
        "settle_place": lambda api: api.post(
            f"{at}/places", json={"place": "KG", "role": "controller", "anyway": True, **lawful}
        ),
        "decide_duty": lambda api: api.post(
            f"{at}/duties/eu-gdpr-34-individuals", json={"applies": "no", **lawful}
        ),
        "check_letter": lambda api: api.get(f"{at}/letters/check", params=letter),
        "lint_letter": lambda api: api.get(f"{at}/letters/lint", params=letter),
        "draft_letter": lambda api: api.get(f"{at}/letters/draft", params={**letter, "as": "html", "final": True}),
        "show_version": lambda api: api.get(f"{at}/letters/version", params=letter),
        "show_letters": lambda api: api.get("/letters"),
        "list_letters": lambda api: api.get(f"{at}/letters"),
        "show_letter": lambda api: api.get(f"{at}/letters/{CAC}", params={"lang": "zh"}),
        "preview_letter": lambda api: api.post(f"{at}/letters/{CAC}/preview", json=_reworded(api, at)),
        "reword_letter": lambda api: api.put(f"{at}/letters/{CAC}/passages", json=_reworded(api, at, more="")),
        "pack_filing": lambda api: api.get(f"{at}/letters/{CAC}/form", params={"lang": "zh"}),
        "list_approvals": lambda api: api.get(f"{at}/approvals"),
        "approve_letter": lambda api: api.post(f"{at}/approvals", json={**letter, **_version(api, at, letter)}),
        "withdraw_approval": lambda api: api.post(
            f"{at}/approvals/{_digest(api, at, letter)}/withdraw", json={"reason": "the number is wrong"}
        ),
        "send_letter": lambda api: _approved(world, at, letter) and api.post(
            f"{at}/letters/send", json={**letter, "to": "office@authority.example", "although": "they asked for it"}
        ),
        "list_deliveries": lambda api: api.get(f"{at}/deliveries"),
        "file_notice": lambda api: api.post(f"{at}/filings", json={**letter, "reference": "receipt 17"}),
        "show_register": lambda api: api.get("/register"),
        "list_runs": lambda api: api.get("/runs"),
        "show_run": lambda api: api.get(f"/runs/{RUN}"),
        "list_findings": lambda api: api.get(f"/runs/{RUN}/findings"),
        "show_finding": lambda api: api.get(f"/findings/{FINDING}"),
        "summarise_run": lambda api: api.get(f"/runs/{RUN}/summary"),
        "compare_runs": lambda api: api.get(f"/runs/{RUN}/changes", params={"since": RUN}),
        "resume_run": lambda api: api.post(f"/runs/{RUN}/resume"),
        "list_exposures": lambda api: api.get("/exposures"),
        "tell_finding_history": lambda api: api.get(f"/findings/{FINDING}/history"),
        "mute_finding": lambda api: api.post(
            f"/findings/{FINDING}/mute", json={"reason": "public data", "owner": "A. Owner", "until": _tomorrow(world)}
        ),
        "unmute_finding": lambda api: api.post(f"/findings/{FINDING}/unmute", json={"reason": "the data was moved"}),
        "show_scope": lambda api: api.get("/scope"),
        "estimate_scan": lambda api: api.post("/scans/estimate", json={"targets": ["127.0.0.1:1"]}),
        "cancel_scan": lambda api: api.post(f"/scans/{world.job or 'S-none'}/cancel"),
        "start_scan": lambda api: api.post("/scans", json={"targets": ["127.0.0.1:1"]}),
        "start_verification": lambda api: api.post("/verifications", json={"findings": [FINDING]}),
        "list_scans": lambda api: api.get("/scans"),
        "show_scan": lambda api: api.get(f"/scans/{world.job or 'S-none'}"),
        "list_drills": lambda api: api.get("/drills"),
        "show_scenario": lambda api: api.get("/drills/university-2019"),
        "show_drill": lambda api: _drilling(world, api).get("/drill"),
        "advance_drill": lambda api: _drilling(world, api).post("/drill/advance", json={"hours": 100}),
        "write_scorecard": lambda api: _drilled(world, api).post("/drill/scorecard"),
        "score_drill": lambda api: _drilling(world, api).get("/drill/scorecard"),
        "list_scorecards": lambda api: api.get("/scorecards"),
        "show_scorecard": lambda api: api.get(f"/scorecards/{_played(world)}"),
        "list_evidence": lambda api: api.get("/evidence", params={"incident": world.incident}),
        "add_evidence": lambda api: api.post(f"{at}/evidence?name=a/b.txt", content=b"x"),
        "download_evidence": lambda api: api.get(f"/evidence/{world.item}/content"),
        "hand_over_evidence": lambda api: api.post(f"/evidence/{world.item}/hand-over", json={"to": "B. Expert"}),
        "seal_evidence": lambda api: api.post(f"/evidence/{world.item}/seal", json={"seal": "bag 17"}),
        "unseal_evidence": lambda api: api.post(f"/evidence/{world.item}/unseal", json=lawful),
        "hold_evidence": lambda api: api.post(f"/evidence/{world.item}/hold", json=lawful),
        "release_evidence": lambda api: api.post(f"/evidence/{world.item}/release", json=lawful),
        "export_evidence": lambda api: api.post("/evidence/export", json={"to": "the auditor"}),
        "list_accounts": lambda api: api.get("/accounts"),
        "list_rights": lambda api: api.get("/rights"),
        "add_account": lambda api: api.post("/accounts", json={"name": "Nina New", "roles": ["viewer"]}),
        "change_role": lambda api: api.post(f"{_account(api)}/roles", json={"role": "auditor"}),
        "disable_account": lambda api: api.post(f"{_account(api)}/disable", json={"reason": "on leave"}),
        "enable_account": lambda api: api.post(f"{_account(api)}/enable", json={}),
        "recover_account": lambda api: api.post(
            f"{_account(api)}/recover", json={"password": "correct horse battery staple", "reason": "lost it"}
        ),
        "erase_account": lambda api: api.post(f"{_account(api)}/erase", json={"reason": "left the team"}),
        **_own_asks(world),
        **report_asks(world.web),
        "browse_ledger": lambda api: api.get("/ledger/latest", params={"person": COMMANDER, "limit": 2}),
        "list_heads": lambda api: api.get("/ledger/heads"),
        "keep_head": lambda api: api.post("/ledger/heads"),
        "list_redactions": lambda api: api.get("/evidence/redactions"),
        "redact_evidence": lambda api: api.post(
            "/evidence/redactions", json={"names": [world.item], "reason": "a person asked for it"}
        ),
        "show_review": lambda api: api.get(f"{at}/review"),
        "list_open_actions": lambda api: api.get("/actions", params={"for": RESPONDER}),
        "list_actions": lambda api: api.get(f"{at}/actions"),
        "add_action": lambda api: api.post(f"{at}/actions", json=ACTION),
        "change_action": lambda api: api.post(f"{_action(api, at)}/change", json={"due": "2027-01-31"}),
        "finish_action": lambda api: api.post(f"{_action(api, at)}/done", json={"note": "template 7 is live"}),
        "drop_action": lambda api: api.post(f"{_action(api, at)}/drop", json={"reason": "the host is gone"}),
        "list_tokens": lambda api: api.get("/tokens"),
        "add_token": lambda api: api.post("/tokens", json={"name": "tickets", "scopes": ["read_incidents"]}),
        "revoke_token": lambda api: api.post(f"/tokens/{_token(api)}/revoke"),
        "list_entries": lambda api: api.get("/ledger/entries", params={"limit": 2}),
        "show_head": lambda api: api.get("/ledger/head"),
        "verify_ledger": lambda api: api.post("/ledger/verify", json={}),
    }  # fmt: skip


def _approved(world: World, at: str, letter: Mapping[str, str]) -> bool:
    for name in (DPO, COUNSEL):
        api = world.web.client(name)
        _made(api.post(f"{at}/approvals", json={**letter, **_version(api, at, letter)}))
    return True


def _reworded(api: TestClient, at: str, more: str = "已核实。") -> dict[str, Any]:
    """Other words for the first passage; with nothing more, its own, as other requests need the letter as it was."""
    shown = _made(api.get(f"{at}/letters/{CAC}", params={"lang": "zh"}))
    first = shown["text"]["passages"][0]
    return {"lang": "zh", "facts_sha256": shown["facts_sha256"], "passages": {first["id"]: f"{first['text']}{more}"}}


def _version(api: TestClient, at: str, letter: Mapping[str, str]) -> dict[str, str]:
    """The version that was read: a letter names the minute in which it was written, so both belong together."""
    shown = api.get(f"{at}/letters/version", params=dict(letter)).json()
    return {name: shown[name] for name in ("digest", "written_at") if name in shown} or {"digest": "0" * 64}


def _digest(api: TestClient, at: str, letter: Mapping[str, str]) -> str:
    return _version(api, at, letter)["digest"]


def _drilling(world: World, api: TestClient) -> TestClient:
    """A client that speaks as the same person to a server on which a drill is played."""
    if world.drill is None:
        folder = world.web.folder
        world.drill = web_in(folder, settings=drill_settings(folder))
        begin_on(world.drill.shared)
        people(world.drill)
        world.drill.seen = world.web.seen
    return world.drill.client(api.headers[WHO].removeprefix("Bearer "))


def _drilled(world: World, api: TestClient) -> TestClient:
    """The same once that drill is over."""
    client = _drilling(world, api)
    client.post("/drill/advance", json={"hours": 100})
    return client


def _played(world: World) -> str:
    """The name of the folder of a drill that was played beside the store."""
    return played_in(world.web.folder).name


def _tomorrow(world: World) -> str:
    return (world.web.shared.now() + timedelta(days=1)).date().isoformat()


def _account(api: TestClient) -> str:
    found = [one["id"] for one in api.get("/accounts").json()["accounts"] if one["name"] == "Nina New"]
    return f"/accounts/{next(iter(found), 'acc_none')}"


def _token(api: TestClient) -> str:
    return next((str(one["id"]) for one in api.get("/tokens").json()["tokens"]), "none")


def drilling(folder: Path, store: str = "leakguard.db") -> Settings:
    """The settings of a drill in this folder, with a mail server that is never called."""
    (folder / "leakguard.toml").write_text(CHANNEL, encoding="utf-8")
    return read_settings(store=store, folder=folder)


def scope_file(folder: Path) -> None:
    """A scope that permits the loopback network."""
    (folder / "scope.yaml").write_text(SCOPE, encoding="utf-8")


def _answered(api: TestClient, at: str, answers: dict[str, Any]) -> Response:
    """Single answers, on top of the facts as they are."""
    read = api.get(f"{at}/facts").headers.get("etag", "")
    answer: Response = api.post(f"{at}/facts/answers", json={"answers": answers}, headers={"If-Match": read})
    return answer
