"""The first contact: what it may conclude by itself is what an examination would conclude."""

from __future__ import annotations

import pytest

from leakguard.engine.first_contact import PLAIN_HTTP, FirstContact
from leakguard.engine.rounds import ask_checks
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from support.shipped import LIBRARY

CHECK = next(check for check in LIBRARY if check.id == "elasticsearch_open")
ENDPOINT = Endpoint(address="192.0.2.1", port=9200)
ROOT = b'{"version": {"number": "7.10.2"}, "tagline": "You Know, for Search"}'


def met(*replies: tuple[int, bytes], runs_all_checks: bool) -> FirstContact:
    """A contact that was told these answers."""
    talk = ask_checks([CHECK], ENDPOINT, PLAIN_HTTP, random_word="n0nsense")
    contact = FirstContact(ENDPOINT, talk, runs_all_checks=runs_all_checks)
    asked = contact.first()
    for status, body in replies:
        ended = Ending.COMPLETE if status else Ending.SILENT
        reply = Reply(request=asked.id, method="GET", what=asked.what, ended=ended, status=status or None, body=body)
        following = contact.answered(reply)
        asked = following or asked
    return contact


OF_ITS_PORT = [(404, b"")] * 1
"""What else the check asks on the port of its product, whatever the front page says."""


@pytest.mark.parametrize("runs_all_checks", [True, False])
def test_a_product_that_a_check_knows_decides(runs_all_checks: bool) -> None:  # noqa: FBT001  (a parameter of a test)
    refused = [(401, b"")] * 3
    assert met((200, ROOT), *refused, (404, b""), runs_all_checks=runs_all_checks).is_decided


def test_another_product_is_examined_where_other_checks_might_know_it() -> None:
    assert not met((200, b"<p>welcome"), runs_all_checks=False).is_decided
    assert met((200, b"<p>welcome"), *OF_ITS_PORT, runs_all_checks=True).is_decided


@pytest.mark.parametrize("status", [400, 426])
def test_a_server_that_may_want_tls_is_examined(status: int) -> None:
    assert not met((status, b"plain HTTP request was sent to HTTPS port"), runs_all_checks=True).is_decided


def test_without_an_answer_nothing_is_decided() -> None:
    assert not met((0, b""), runs_all_checks=True).is_decided
    assert not met(runs_all_checks=True).is_decided


LISTED = b'[{"index": "mail", "docs.count": "3", "store.size": "9", "pri.store.size": "9"}]'


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (((200, ROOT), (200, LISTED)), Outcome.EXPOSED),
        (((200, ROOT),), Outcome.INCONCLUSIVE),
        (((200, b"<p>welcome"),), Outcome.NOT_APPLICABLE),
    ],
)
def test_a_host_without_time_is_judged_by_what_it_answered(
    answers: tuple[tuple[int, bytes], ...], outcome: Outcome
) -> None:
    contact = met(*answers, runs_all_checks=True)

    contact.give_up()

    assert [item.verdict.outcome for item in contact.results] == [outcome]
    assert contact.is_decided
