"""Brokers that refuse a password, a virtual host, or TLS: each is told as what it is, soon, and without a secret."""

from __future__ import annotations

import ssl
import threading
from contextlib import closing
from pathlib import Path

import pytest
from amqp.exceptions import AccessRefused
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeout

from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.errors import FleetUnreachable
from leakguard.fleet.broker.app import make_app
from leakguard.fleet.broker.connecting import RETRY, connected, reachable
from support.brokers import PASSWORD, rabbit_broker, redis_broker, socket_broker
from support.real_fleet import BROKERS, TLS_BROKERS, one_machine

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]


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


def test_a_user_who_may_not_do_enough_is_not_told_that_the_password_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with redis_broker() as broker, one_machine(tmp_path, monkeypatch, capsys):
        with closing(Redis.from_url(broker)) as redis:
            redis.acl_setuser("few", enabled=True, passwords=["+few-CANARY"], keys=["*"], categories=["+@connection"])
        said = told_of(["status"], broker.replace(f":{PASSWORD}", "few:few-CANARY"), monkeypatch, capsys)

    assert "does not let it do what the fleet needs" in said
    assert "CANARY" not in said


@pytest.mark.parametrize(
    ("of", "what"), [((0, 0), "refuses this user or this password"), ((40, 10), "does not let it do what the fleet")]
)
def test_rabbitmq_has_one_word_for_a_login_and_for_what_comes_after_it(of: tuple[int, int], what: str) -> None:
    with pytest.raises(FleetUnreachable, match=what), reachable(make_app("amqp://127.0.0.1:1//", lease_seconds=5)):
        raise AccessRefused("refused for user 'CANARY'", of, "Exchange.declare", 403)


def test_a_virtual_host_that_does_not_exist_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new RabbitMQ has none but `/`; to say that the broker cannot be reached sends people to their firewall."""
    with rabbit_broker() as broker, one_machine(tmp_path, monkeypatch, capsys):
        said = told_of(["status"], broker.removesuffix("/") + "leakguard", monkeypatch, capsys)

    assert "no such virtual host" in said
    assert "rabbitmqctl add_vhost" in said


@pytest.mark.timeout(120)
def test_a_broker_that_does_not_speak_tls_is_told_as_such_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It takes half a minute; the deadline of this test is what is compared with."""
    with redis_broker() as broker, one_machine(tmp_path, monkeypatch, capsys):
        said = told_of(["status"], broker.replace("redis://", "rediss://"), monkeypatch, capsys)

    assert "speak TLS" in said


@pytest.mark.parametrize("name", sorted(TLS_BROKERS))
def test_a_certificate_that_is_not_trusted_is_told_as_such(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker says it as a coordinator does; a certificate of one's own is what most have who begin."""
    with TLS_BROKERS[name]() as broker, one_machine(tmp_path, monkeypatch, capsys):
        unknown = told_of(["status"], broker.partition("?")[0], monkeypatch, capsys)
        elsewhere = told_of(
            ["worker", "--vantage", "campus"], broker.replace("127.0.0.1", "localhost"), monkeypatch, capsys
        )
        nowhere = told_of(["status"], f"{broker}.gone", monkeypatch, capsys)
        key = told_of(["status"], broker.replace("cert.pem", "key.pem"), monkeypatch, capsys)

    assert "vouches for the certificate" in unknown
    assert "?ssl_ca_certs=FILE" in unknown
    assert "is for another name" in elsewhere
    assert "the file of `ssl_ca_certs` cannot be read" in nowhere
    assert "the file of `ssl_ca_certs` holds no certificate" in key


@pytest.mark.parametrize("error", [TimeoutError("CANARY"), RedisTimeout("Timeout connecting to server CANARY")])
def test_a_broker_that_is_silent_may_be_behind_a_firewall_and_is_told_so(error: Exception) -> None:
    """Words of TLS alone send people to a URL that was right for months."""
    app = make_app("redis://127.0.0.1/0", lease_seconds=60)

    with pytest.raises(FleetUnreachable, match="the broker does not answer") as caught, reachable(app):
        raise OperationalError("CANARY") from error
    assert "a firewall or a lost network" in caught.value.next_step
    assert "CANARY" not in f"{caught.value} {caught.value.next_step}"


def test_a_socket_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    """As that of a broker which is started anew."""
    with socket_broker() as broker:
        place = tmp_path / "redis.sock"
        later = threading.Timer(1.0, place.symlink_to, [broker.removeprefix("redis+socket://")])
        later.start()

        connected(make_app(f"redis+socket://{place}", lease_seconds=60), RETRY).release()

        later.join()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (9, "not valid yet"),
        (10, "has expired"),
        (18, "vouches"),
        (20, "vouches"),
        (62, "another name"),
        (64, "another"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told(code: int, said: str) -> None:
    error = ssl.SSLCertVerificationError(1, "CANARY words of a library")
    error.verify_code = code
    app = make_app("rediss://127.0.0.1/0", lease_seconds=60)

    with pytest.raises(FleetUnreachable, match=said) as caught, reachable(app):
        raise OperationalError("CANARY") from error
    assert "CANARY" not in f"{caught.value} {caught.value.next_step}"
