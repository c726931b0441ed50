"""How the application of the fleet reaches its broker."""

from __future__ import annotations

import logging
import ssl

import pytest
from amqp import spec

from leakguard.fleet.broker.app import make_app, tls_of
from leakguard.fleet.broker.transports import AmqpTransport


@pytest.mark.parametrize(
    ("broker", "tls"),
    [
        ("redis://a/0", None),
        ("amqp://a//", None),
        ("rediss://a/0", {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}),
        ("amqps://q.example.edu//", {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": "q.example.edu"}),
        (
            "rediss://a/0?ssl_ca_certs=/ca.pem&ssl_check_hostname=false",
            {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": False, "ssl_ca_certs": "/ca.pem"},
        ),
        ("amqps://a//?ssl_cert_reqs=CERT_NONE&ssl_certfile=/c", {"cert_reqs": ssl.CERT_NONE, "certfile": "/c"}),
    ],
)
def test_the_certificate_of_a_broker_is_checked_unless_its_url_says_otherwise(
    broker: str, tls: dict[str, object] | None
) -> None:
    """By itself Kombu checks none, and whoever stands in between reads the password."""
    assert tls_of(broker) == tls


def test_what_the_url_says_of_tls_is_no_part_of_the_address() -> None:
    app = make_app("amqps://u:p@a:5671//?ssl_ca_certs=/ca.pem", lease_seconds=60)

    assert app.conf.broker_url == "amqps://u:p@a:5671//"
    assert app.connection_for_read().virtual_host == "/"
    assert (
        make_app("redis+socket:///run/redis.sock", lease_seconds=60).conf.broker_url == "redis+socket:///run/redis.sock"
    )


def test_a_broker_that_is_low_on_memory_is_told_by_whoever_waits_for_it(caplog: pytest.LogCaptureFixture) -> None:
    """RabbitMQ takes nothing for as long as its alarm is on, and a scan would wait without a word."""
    connection = AmqpTransport.Connection(host="127.0.0.1:1")

    connection._callbacks[spec.Connection.Blocked]()  # noqa: SLF001  (as the library does when the broker says so)
    connection._callbacks[spec.Connection.Unblocked]()  # noqa: SLF001  (as above)

    assert [(record.name, record.getMessage().partition(":")[0]) for record in caplog.records] == [
        ("leakguard.fleet", "the broker is low on memory or disk and takes no message"),
        ("leakguard.fleet", "the broker takes messages again"),
    ]
    assert not logging.getLogger("leakguard.fleet").handlers, "a coordinator says it on stderr"
