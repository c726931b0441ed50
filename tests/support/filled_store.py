"""A store in which every table has rows: runs, findings, letters, a lease, a bookmark, accounts and what lets in."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from leakguard.frozen import replace
from leakguard.mailing.sealing import BOUNCED, bounce_fields, seal_fields
from leakguard.models.accounts import AnsweredRequest, Passkey, Person, SessionRow, TokenRow
from leakguard.models.deliveries import Bounce, Delivery, DeliveryState
from leakguard.models.runs import RunState
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.watchman import LEASE
from support.findings import make_finding
from support.ledgers import START, make_record
from support.telling import tell_once

INCIDENT, BATCH, RUN = "IR-2026-0001", "b" * 64, "R-20260524-000001"


def fill(store: SqlStore) -> None:
    store.append(INCIDENT, [make_record("awareness", {"n": number}) for number in range(2)])
    store.take_run(RUN)
    state = RunState(next_position=40, pending=(3, 17), counts={"closed": 37, "exposed": 1}, reasons={"refused": 2})
    sized = replace(make_finding("F-2"), target="127.0.0.2:9200", address="127.0.0.2")
    store.save_findings(RUN, [make_finding("F-1"), sized], {"a": "exposed"}, {0: state, 1: RunState(next_position=7)})
    tell_once(store)
    store.take_sending(INCIDENT)
    for number, answer in enumerate((DeliveryState.SENT, DeliveryState.SENT, DeliveryState.REFUSED, None)):
        send(store, number, answer)
    store.seal(INCIDENT, BATCH, lambda some: make_record("letters_sent", seal_fields(some)))
    came_back = Bounce(message_id=name(1), status="5.1.1", is_final=True)
    store.note_bounces(INCIDENT, [came_back], lambda new: make_record(BOUNCED, bounce_fields(new)), at=START)
    text = "what a watch knows"
    digest = hashlib.sha256(text.encode()).hexdigest()
    store.keep_bookmark(text, "WATCH", make_record("exposures_bookmarked", {"sha256": digest}), since=0)
    store.take_lease(LEASE, "machine.example:1:0000", now=START, until=datetime(2026, 5, 24, 2, tzinfo=UTC))
    store.beat(LEASE, "machine.example:1:0000", now=START)
    fill_accounts(store)


def fill_accounts(store: SqlStore) -> None:
    """Rows beside the ledger, which may change without an entry."""
    store.add_first_link("f" * 64, at=START)
    store.add_person(Person(actor="acc_a", name="Anna", created_at=START), [])
    store.add_session(
        SessionRow(hash="a" * 64, actor="acc_a", kind="cli", created_at=START, seen_at=START, expires_at=START)
    )
    store.add_token(
        TokenRow(id="tok_1", hash="b" * 64, actor="acc_a", name="t", scopes=(), created_at=START, expires_at=START), []
    )
    store.add_passkey(Passkey(id="k", actor="acc_a", public_key="p", sign_count=1, name="n", created_at=START))
    store.note_attempt(["account:anna"], at=START, forget=START)
    store.begin_request(AnsweredRequest(actor="acc_a", key="k", digest="d", at=START))


def name(number: int) -> str:
    return f"lg.{number:040x}@university.example"


def send(store: SqlStore, number: int, answer: DeliveryState | None) -> None:
    one = Delivery(
        incident=INCIDENT, batch=BATCH, key=f"key{number}", state=DeliveryState.IN_DOUBT, at=START,
        message_id=name(number), digest="d" * 64,
    )  # fmt: skip
    kept = store.intend(one)
    if answer is not None:
        store.settle(replace(kept, state=answer, code=250, queue_id="Q1", reason="because"))
