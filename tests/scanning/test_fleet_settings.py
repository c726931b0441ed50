"""The table `[fleet]`: every problem named, and no secret in it or in what is said about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import BadFile, UsageProblem
from leakguard.fleet.settings import broker_problem, fleet_settings, parse_vantages
from leakguard.models.fleet_settings import FleetSettings
from leakguard.settings import read_settings

KEY = "ed25519:" + "A" * 43 + "="


def problems_of(**table: Any) -> str:  # noqa: ANN401  (fields of the table)
    with pytest.raises(BadFile) as refused:
        fleet_settings(table, name="leakguard.toml")
    return str(refused.value)


def test_a_whole_table_is_read() -> None:
    table = {
        "broker_env": "LEAKGUARD_BROKER", "key_file": "fleet.key", "workers": 8, "lease_seconds": 60, "attempts": 2,
        "trusted": {"campus-1": KEY, "outside-1": f"{KEY} outside,edge"},
    }  # fmt: skip

    assert fleet_settings(table, name="leakguard.toml") == FleetSettings(**table)  # type: ignore[arg-type]  # as written


def test_a_password_in_the_file_is_refused_and_not_repeated() -> None:
    said = problems_of(broker="amqp://fleet:CANARY-pass@rabbit.example.edu//")

    assert "holds a password" in said
    assert "CANARY" not in said


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"broker": "http://example.edu"}, "must begin with redis"),
        ({"broker": "redis:///0"}, "name a host"),
        ({"broker": "redis+socket://host/redis.sock"}, "name a host"),
        ({"broker": "redis://[/0"}, "is no URL"),
        ({"broker": "redis://127.0.0.1:99999/0"}, "a port from 1 to 65535"),
        ({"broker": "redis://127.0.0.1:0/0"}, "a port from 1 to 65535"),
        ({"broker": "redis://127.0.0.1:six/0"}, "a port from 1 to 65535"),
        ({"broker": "amqp://127.0.0.1:99999//"}, "a port from 1 to 65535"),
        ({"broker": "redis://:p/q@127.0.0.1/0"}, "/ as %2F"),
        ({"broker": "redis://:1?q@127.0.0.1/0"}, "? as %3F"),
        ({"broker": "amqp://u:1#q@127.0.0.1//"}, "# as %23"),
        ({"broker": "redis://127.0.0.1/notadb"}, "by its number, such as /0"),
        ({"broker": "redis://127.0.0.1/0?bogus=1"}, "nothing behind its path but, with TLS, ssl_ca_certs"),
        ({"broker": "amqps://127.0.0.1//?bogus"}, "nothing behind its path but, with TLS, ssl_ca_certs"),
        ({"broker": "redis://127.0.0.1/0?ssl_cert_reqs=none"}, "nothing behind its path"),
        ({"broker": "redis://a", "broker_env": "B"}, "not by both"),
        ({"broker_env": "lower"}, "broker_env"),
        ({"workers": 0}, "workers"),
        ({"workers": True}, "workers"),
        ({"lease_seconds": 4}, "lease_seconds"),
        ({"attempts": 11}, "attempts"),
        ({"trusted": {"a": "ed25519:short"}}, "trusted"),
        ({"trusted": {"a b": KEY}}, "trusted"),
        ({"trusted": {"a": f"{KEY} Campus"}}, "trusted"),
        ({"brocker": "redis://a"}, "did you mean `broker`"),
    ],
)
def test_what_is_wrong_is_named(table: dict[str, Any], said: str) -> None:
    assert said in problems_of(**table)


def test_a_broker_without_a_password_may_stand_in_the_file() -> None:
    settings = fleet_settings({"broker": "rediss://queue.example.edu:6380/1"}, name="leakguard.toml")

    assert settings.is_configured
    assert not FleetSettings().is_configured
    assert broker_problem(settings.broker) == broker_problem("redis+socket:///run/redis/redis.sock") == ""


@pytest.mark.parametrize(
    "url",
    [
        "redis://a", "redis://a/", "redis://:p@a:6379/15", "amqp://u:p@a:5672//", "amqps://u:p@a/leakguard", "amqp://a",
        "rediss://a/0?ssl_cert_reqs=required&ssl_ca_certs=/etc/ca.pem",
    ],
)  # fmt: skip
def test_every_usual_way_to_write_a_broker_is_taken(url: str) -> None:
    assert broker_problem(url) == ""


def test_vantages_are_named_each_once() -> None:
    assert parse_vantages("campus, outside,campus") == ("campus", "outside")


@pytest.mark.parametrize(
    "text", ["", "campus,", "Campus", "a b", "-a", "a" * 41, "café", ",".join("abcdefghijklmnopqrstu")]
)
def test_what_is_no_list_of_vantages_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_vantages(text)


@pytest.mark.parametrize("text", ["local", "campus,local"])
def test_the_machine_on_which_somebody_types_is_no_vantage_of_a_fleet(text: str) -> None:
    """`campus,local` waited for a worker of that name; one elsewhere would have spoken for this machine."""
    with pytest.raises(UsageProblem, match="the machine on which you type"):
        parse_vantages(text)


def test_the_settings_file_holds_the_table(tmp_path: Path) -> None:
    (tmp_path / "leakguard.toml").write_text(
        'zone = "UTC"\n[fleet]\nbroker = "redis://queue.example.edu"\n', encoding="utf-8"
    )

    assert read_settings(folder=tmp_path).fleet.broker == "redis://queue.example.edu"


def test_something_else_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leakguard.toml").write_text('fleet = "redis://queue.example.edu"\n', encoding="utf-8")

    with pytest.raises(BadFile, match="must be a table"):
        read_settings(folder=tmp_path)
