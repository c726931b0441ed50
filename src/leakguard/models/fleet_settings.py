"""The fleet as the settings name it: where the broker is, who is trusted, how much is in flight."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.frozen import Frozen, field


class FleetSettings(Frozen):
    """The table `[fleet]`: where the broker is, who is trusted, how much is in flight."""

    broker: str = ""
    """A URL without a password; empty where `broker_env` names a variable that holds one."""
    broker_env: str = ""
    key_file: str = ""
    trusted: Mapping[str, str] = field(default_factory=dict)
    """Names and public keys: on a worker the coordinators', on a coordinator the workers'.

    Behind a key may stand the vantages that it speaks for: `ed25519:… campus,outside`.
    """
    workers: int = 4
    """Shards of one vantage that are in flight at once."""
    lease_seconds: int = 300
    """A shard that has no result by then goes to another worker; the same on all sides."""
    attempts: int = 3

    @property
    def is_configured(self) -> bool:
        """Whether there is a broker to send anything to."""
        return bool(self.broker or self.broker_env)
