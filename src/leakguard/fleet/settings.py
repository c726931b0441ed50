"""The table of `leakguard.toml` about the fleet. No secret stands in it: a password is in a variable, a key in a file.

```toml
[fleet]
broker_env = "LEAKGUARD_BROKER"        # or broker = "redis://queue.example.edu:6379/0", without a password
key_file = "/etc/leakguard/fleet.key"
workers = 4
lease_seconds = 300

[fleet.trusted]
campus-1 = "ed25519:… campus"          # the vantages that the key may speak for; none named: all
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import Field, field_validator, model_validator

from leakguard.errors import UsageProblem
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import ReadText
from leakguard.models.fleet_settings import FleetSettings

SCHEMES = ("redis", "rediss", "amqp", "amqps")
TLS_SCHEMES = ("rediss", "amqps")
_TLS_WORDS = frozenset({"ssl_ca_certs", "ssl_cert_reqs", "ssl_check_hostname", "ssl_certfile", "ssl_keyfile"})
_DATABASE = re.compile(r"^(/\d{0,5})?\Z")
SOCKET_SCHEME = "redis+socket"
"""A Redis on this machine, for workers in network namespaces of it: `redis+socket:///run/redis/redis.sock`."""
MAX_WORKERS = 1_000
LEASES = (5, 24 * 3600)
"""Seconds. RabbitMQ takes a task back after 30 minutes unless its `consumer_timeout` is raised."""
MAX_VANTAGES = 20
HERE = "local"
"""The machine on which somebody types. No worker may speak for it, as closure is proved from each vantage."""
_VARIABLE = r"^([A-Z_][A-Z0-9_]{0,99})?$"
_VANTAGE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}\Z")
_KEY = r"^ed25519:[A-Za-z0-9+/]{43}=( [a-z0-9][a-z0-9,-]{0,400})?$"
PublicKey = Annotated[str, Field(pattern=_KEY)]
KeyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")]


class _FleetShape(Shape):
    broker: str = ""
    broker_env: Annotated[str, Field(pattern=_VARIABLE)] = ""
    key_file: str = ""
    trusted: dict[KeyName, PublicKey] = Field(default_factory=dict, max_length=1_000)
    workers: Annotated[int, Field(strict=True, ge=1, le=MAX_WORKERS)] = 4
    lease_seconds: Annotated[int, Field(strict=True, ge=LEASES[0], le=LEASES[1])] = 300
    attempts: Annotated[int, Field(strict=True, ge=1, le=10)] = 3

    @field_validator("broker")
    @classmethod
    def _has_no_password(cls, value: str) -> str:
        if value and broker_problem(value):
            raise ValueError(broker_problem(value))
        if value and urlsplit(value).password is not None:
            raise ValueError("holds a password: put the whole URL into a variable and name that in `broker_env`")
        return value

    @model_validator(mode="after")
    def _names_one_broker(self) -> _FleetShape:
        if self.broker and self.broker_env:
            raise ValueError("name the broker by `broker` or by `broker_env`, not by both")
        return self


class _Tables(Shape):
    """The table by its name, so that every problem says where it stands."""

    fleet: _FleetShape


def broker_problem(url: str) -> str:
    """What is wrong with the URL of a broker, without repeating it: it may hold a password. Empty: nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "is no URL"
    if parts.scheme == SOCKET_SCHEME and parts.path.startswith("/") and not parts.netloc:
        return ""
    if problem := _host_problem(url, parts):
        return problem
    if parts.scheme.startswith("redis") and not _DATABASE.match(parts.path):
        return "must name a database of Redis by its number, such as /0, or none"
    known = _TLS_WORDS if parts.scheme in TLS_SCHEMES else frozenset[str]()
    words = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    is_plain = words <= known and not parts.fragment
    return "" if is_plain else f"may have nothing behind its path but, with TLS, {', '.join(sorted(_TLS_WORDS))}"


def _host_problem(url: str, parts: SplitResult) -> str:
    if parts.scheme in SCHEMES and _ends_early(url, parts):
        return "ends its host too early: in a user or a password write / as %2F, ? as %3F and # as %23"
    if parts.scheme not in SCHEMES or not parts.hostname:
        return f"must begin with {', '.join(SCHEMES)}, and name a host"
    return "" if _has_port(parts) else "must name a port from 1 to 65535, or none"


def _ends_early(url: str, parts: SplitResult) -> bool:
    """Whether a user or a password holds what ends a host."""
    return "@" in url and "@" not in parts.netloc


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is a possible one, or left out."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def fleet_settings(table: Mapping[str, Any], *, name: str) -> FleetSettings:
    """The settings that a table `[fleet]` adds up to; raises `BadFile` with every problem."""
    read = fit(ReadText(value={"fleet": {**table}}), _Tables, name=name)
    return FleetSettings(**read.fleet.model_dump())


def parse_vantages(text: str) -> tuple[str, ...]:
    """`campus,outside` as names, each once; raises `UsageProblem`."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if len(names) > MAX_VANTAGES or not all(_VANTAGE.match(name) for name in names):
        raise UsageProblem(
            f"`{text[:60]}` is not a list of vantages",
            next_step=f"Name at most {MAX_VANTAGES} of them, in small letters and digits: --vantage campus,outside",
        )
    if HERE in names:
        raise UsageProblem(
            f"`{HERE}` is the machine on which you type, and no vantage of the fleet",
            next_step="Scan from this machine by a command of its own, without --vantage; give a worker another name.",
        )
    return names
