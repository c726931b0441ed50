"""Brokers that refuse a password, a virtual host, or TLS: each is told as what it is, soon, and without a secret."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.cli.options import Context
from support.brokers import PASSWORD, rabbit_broker, redis_broker
from support.real_fleet import BROKERS, one_machine

pytestmark = pytest.mark.enable_socket


def told_of(words: list[str], broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("LEAKGUARD_BROKER", broker)
    code = run(["fleet", *words], Context())
    said = capsys.readouterr()
    assert code == 3, said.err
    assert PASSWORD not in said.out + said.err
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.parametrize("name", sorted(BROKERS))
@pytest.mark.parametrize("words", [["status"], ["worker", "--vantage", "campus"]])
def test_a_wrong_password_is_told_as_such(
    name: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with BROKERS[name]() as broker, one_machine(tmp_path, monkeypatch, capsys):
        said = told_of(words, broker.replace(PASSWORD, "wrong-CANARY"), monkeypatch, capsys)

    assert "refuses this user or this password" in said
    assert "CANARY" not in said


def test_a_virtual_host_that_does_not_exist_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new RabbitMQ has none but `/`; to say that the broker cannot be reached sends people to their firewall."""
    with rabbit_broker() as broker, one_machine(tmp_path, monkeypatch, capsys):
        said = told_of(["status"], broker.removesuffix("/") + "leakguard", monkeypatch, capsys)

    assert "no such virtual host" in said
    assert "rabbitmqctl add_vhost" in said


def test_a_broker_that_does_not_speak_tls_is_told_as_such_within_half_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    with redis_broker() as broker, one_machine(tmp_path, monkeypatch, capsys):
        said = told_of(["status"], broker.replace("redis://", "rediss://"), monkeypatch, capsys)

    assert "speak TLS" in said
    assert time.monotonic() - began < 40
