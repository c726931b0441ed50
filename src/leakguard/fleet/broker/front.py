"""The front of the room: what the settings of a fleet add up to on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from amqp.exceptions import MessageNacked
from celery import Celery

from leakguard.errors import UsageProblem
from leakguard.fleet.broker.connecting import RETRY, connected, reachable
from leakguard.fleet.keys import KeyRing, make_key, public_text, read_key
from leakguard.fleet.settings import broker_problem
from leakguard.frozen import Frozen
from leakguard.models.fleet_settings import FleetSettings

if TYPE_CHECKING:
    from celery import Celery

    from leakguard.fleet.broker.courier import BrokerCourier
    from leakguard.fleet.broker.worker import Reply


def claim(app: Celery, order: str, *, seconds: int) -> bool:
    """Whether nobody has taken this order before; remembered for so long. Raises `FleetUnreachable`."""
    name = f"leakguard.claim.{order}"
    with reachable(app), connected(app, RETRY) as connection:
        channel = connection.default_channel
        if connection.transport.driver_type == "redis":
            return bool(channel.client.set(name, "1", nx=True, ex=seconds))
        return _first_in_queue(channel, name, seconds)


def _first_in_queue(channel: Any, name: str, seconds: int) -> bool:  # noqa: ANN401  (Kombu has no types)
    """A queue that holds one message and refuses the next one; gone when nobody has asked for it so long."""
    channel.queue_declare(
        name, auto_delete=False,
        arguments={"x-max-length": 1, "x-overflow": "reject-publish", "x-expires": seconds * 1_000},
    )  # fmt: skip
    try:
        message = channel.prepare_message("1", content_type="text/plain", content_encoding="utf-8")
        channel.basic_publish_confirm(message, exchange="", routing_key=name)
    except MessageNacked:
        return False
    return True


_HOW = "See `leakguard fleet --help`, and `leakguard help scan-with-a-fleet`."


CLAIMED_FOR = 2
"""Leases. An order is too old to be played again after one, and clocks are apart."""


class ServingWorker(Protocol):
    """See `use_cases.serve_fleet.FleetWorker`."""

    def answer(self, value: object) -> Reply | None:
        """What to send back for an order."""

    def present(self, value: object) -> Reply | None:
        """What to send back for a call to all."""


class Front(Frozen, dict=True):
    """Makes what is asked for, when it is first asked for; Celery is loaded no sooner than the broker is needed."""

    settings: FleetSettings
    environment: Mapping[str, str]

    @cached_property
    def seal(self) -> KeyRing:
        """Our key and the keys that we trust; raises `UsageProblem`, `NotFound` or `NotTrusted`."""
        if not self.settings.trusted:
            raise UsageProblem("[fleet.trusted] names no key, so nobody's word is taken", next_step=_HOW)
        return KeyRing(read_key(self._key_file), self.settings.trusted)

    def public_key(self) -> str:
        """The public half of our key, as the other side's settings name it."""
        return public_text(read_key(self._key_file))

    def new_key(self, seed: bytes) -> str:
        """Make our key of 32 random bytes; returns its public half."""
        return public_text(make_key(self._key_file, seed))

    def courier(self, scan: str) -> BrokerCourier:
        """The broker, for a coordinator."""
        app = self._app
        from leakguard.fleet.broker.courier import BrokerCourier  # noqa: PLC0415  (Celery takes its time to load)

        return BrokerCourier(app, scan, order_seconds=self.settings.lease_seconds)

    def claim(self, order: str) -> bool:
        """Whether nobody has taken this order before; raises `FleetUnreachable`."""
        app = self._app
        from leakguard.fleet.broker.front import claim  # noqa: PLC0415  (Celery takes its time to load)

        return claim(app, order, seconds=CLAIMED_FOR * self.settings.lease_seconds)

    def at_hand(self) -> tuple[object, ...]:
        """The orders that this worker is at."""
        from leakguard.fleet.broker.worker import at_hand  # noqa: PLC0415  (Celery takes its time to load)

        return at_hand()

    def work(self, serve: ServingWorker, **post: Any) -> int:  # noqa: ANN401  (the fields of `worker.Post`)
        """Take orders until the process is asked to end; returns the exit code."""
        app = self._app
        from leakguard.fleet.broker.worker import Post, register, work  # noqa: PLC0415  (Celery takes its time to load)

        register(app, serve.answer)
        return work(app, Post(**post, key=self.seal.public), serve.present)

    @cached_property
    def _app(self) -> Celery:
        broker = self._broker
        from leakguard.fleet.broker.app import make_app  # noqa: PLC0415  (Celery takes its time to load)

        return make_app(broker, lease_seconds=self.settings.lease_seconds)

    @property
    def _broker(self) -> str:
        variable = self.settings.broker_env
        url = self.environment.get(variable, "") if variable else self.settings.broker
        if not url:
            missing = f"the variable {variable} is not set" if variable else "leakguard.toml names no broker"
            raise UsageProblem(missing, next_step=_HOW)
        if problem := broker_problem(url):
            raise UsageProblem(f"the URL of the broker {problem}", next_step=_HOW)
        return url

    @property
    def _key_file(self) -> Path:
        if not self.settings.key_file:
            raise UsageProblem("[fleet] names no `key_file`", next_step=_HOW)
        return Path(self.settings.key_file)
