"""A process that sends is killed at any moment, while its mail server fails: each person still gets one letter."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random  # noqa: TID251  (seeded: the same failures in every run)

import pytest

from leakguard.ledger.verification_result import Answer
from leakguard.models.deliveries import DeliveryState
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.ledgers import FakeClock, Tokens
from support.letter_world import BATCH, INCIDENT, letter
from support.servers import TESTS, child

PEOPLE = 20
KILLS = 3
BLINK = 0.005
"""Seconds between two looks at what the server took."""
PATIENCE = 60
"""Seconds for a run that nobody kills; a busy machine needs some."""
pytestmark = [pytest.mark.long, pytest.mark.enable_socket]


def start(place: Path, port: int, mail_log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "support.letter_process", str(place), str(port), str(mail_log), str(PEOPLE)]
    return subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)


def killed(process: subprocess.Popen[str], *, when_sent: int, log: Path) -> bool:
    """Kill it when the server has so many letters more; false when it ended before."""
    begun = log.read_bytes().count(b"\n")
    while process.poll() is None:
        if log.read_bytes().count(b"\n") >= begun + when_sent:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return process.returncode == -signal.SIGKILL
        time.sleep(BLINK)
    return False


@pytest.mark.parametrize("seed", [1])
def test_each_person_gets_one_letter_however_often_the_sender_is_killed(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311  (as above)
    place, log = tmp_path / "leakguard.db", tmp_path / "mails.jsonl"
    with child("letter_server", log, str(seed), "0.15") as server:
        mail_log = log.with_name(f"{log.name}.mail")
        kills = 0
        for _ in range(KILLS):
            process = start(place, server.port, mail_log)
            kills += killed(process, when_sent=chance.randint(1, 4), log=log)
            process.communicate()
        told, _ = start(place, server.port, mail_log).communicate(timeout=PATIENCE)
        taken = Counter(one["id"] for one in server.received)

    assert kills > 0
    assert told.split() == [str(PEOPLE)]
    assert taken == {f"<{letter(number).message_id}>": 1 for number in range(PEOPLE)}
    with closing(SqlStore.open(str(place), now=FakeClock(), token=Tokens())) as store:
        assert all(one.sealed for one in store.deliveries(INCIDENT, BATCH, DeliveryState.SENT))
        assert verify_store(store).answer is Answer.MATCH
