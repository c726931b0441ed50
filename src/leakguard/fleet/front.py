"""The front of the room: what the settings of a fleet add up to on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.errors import UsageProblem
from leakguard.fleet.keys import KeyRing, make_key, public_text, read_key
from leakguard.frozen import Frozen
from leakguard.models.fleet_settings import FleetSettings
from leakguard.scanning.fleet_settings import broker_problem

if TYPE_CHECKING:
    from celery import Celery

    from leakguard.fleet.courier import BrokerCourier
    from leakguard.fleet.worker import Answer

_HOW = "See `leakguard fleet --help`, and the README on the fleet."


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
        from leakguard.fleet.courier import BrokerCourier  # noqa: PLC0415  (Celery takes its time to load)

        return BrokerCourier(app, scan)

    def work(self, answer: Answer, *, vantage: str, name: str, concurrency: int) -> int:
        """Take orders until the process is asked to end; returns the exit code."""
        app = self._app
        from leakguard.fleet.worker import register, work  # noqa: PLC0415  (Celery takes its time to load)

        register(app, answer)
        return work(app, vantage=vantage, name=name, concurrency=concurrency)

    @cached_property
    def _app(self) -> Celery:
        broker = self._broker
        try:
            from leakguard.fleet.app import make_app  # noqa: PLC0415  (Celery takes its time to load)
        except ModuleNotFoundError as error:
            raise UsageProblem(
                "the fleet needs Celery, which is not installed", next_step="pip install 'leakguard[fleet]'"
            ) from error
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
