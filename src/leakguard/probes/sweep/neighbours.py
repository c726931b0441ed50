"""What the sweep learnt about networks: which of them answer, and how fast. Forgets the oldest."""

from __future__ import annotations

from collections import OrderedDict

from leakguard.probes.wire.rate import network_of

_MOST = 4096
"""Networks remembered: enough for the flights of a few seconds, in less than a MiB."""
_PATIENCE = 8.0
"""A host has eight times the round trip of its network: TCP's own first guess is three (RFC 6298)."""
_LEAST = 1.2
"""Seconds that are always waited: a lost first packet is sent again by the kernel after one (RFC 6298)."""


class Neighbours:
    """Measured round trips, smoothed as TCP does it."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def answered(self, address: str, seconds: float) -> None:
        """A host answered, with a connection or a refusal."""
        network = network_of(address)
        known = self._seconds.get(network, seconds)
        self._seconds[network] = known + (seconds - known) / 8
        if len(self._seconds) > _MOST:
            self._seconds.popitem(last=False)

    def patience(self, address: str, most: float) -> float:
        """Seconds to wait for a connection: `most`, or less where the network is known to answer fast.

        Doubled from the least upwards, so that there are only a few lengths of time to keep apart.
        """
        seconds = self._seconds.get(network_of(address))
        if seconds is None:
            return most
        wanted = _LEAST
        while wanted < seconds * _PATIENCE:
            wanted *= 2
        return min(most, wanted)

    def is_known(self, address: str) -> bool:
        """Whether somebody in the network answered before, so that a silence may be a lost packet."""
        return network_of(address) in self._seconds
