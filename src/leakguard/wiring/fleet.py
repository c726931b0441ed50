"""How a coordinator and its workers reach one another."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from leakguard.errors import ExtraMissing
from leakguard.settings import Settings

if TYPE_CHECKING:
    from leakguard.fleet.broker.courier import BrokerCourier
    from leakguard.fleet.broker.front import Front
    from leakguard.fleet.keys import KeyRing
    from leakguard.models.fleet_settings import FleetSettings


class FleetWiring:
    """The part of `Wiring` that knows keys and broker."""

    settings: Settings

    @cached_property
    def front(self) -> Front:
        """The keys and the broker of the fleet; raises `ExtraMissing` without the libraries for a broker."""
        try:
            from leakguard.fleet.broker.front import Front  # noqa: PLC0415  (loaded when it is first asked for)
        except ModuleNotFoundError as error:
            raise ExtraMissing.of("a fleet", extra="fleet") from error
        return Front(settings=self.settings.fleet, environment=os.environ)

    @property
    def fleet(self) -> FleetSettings:
        """The table `[fleet]`; this and the next two are what a coordinator needs."""
        return self.settings.fleet

    @property
    def seal(self) -> KeyRing:
        """Our key, and the keys that we trust."""
        return self.front.seal

    def courier(self, scan: str) -> BrokerCourier:
        """The broker, with a queue for the results of one scan."""
        return self.front.courier(scan)

    def new_fleet_key(self) -> str:
        """Make the key of this machine; returns its public half."""
        import secrets  # noqa: PLC0415  (a key is made once)

        return self.front.new_key(secrets.token_bytes(32))
