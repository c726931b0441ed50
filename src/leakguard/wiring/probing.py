"""How scans get out of the machine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from leakguard.wiring.shipped import ShippedWiring

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leakguard.models.scope import Limits, Scope
    from leakguard.ports import Prober, Sampler
    from leakguard.ports.clouds import Cloud
    from leakguard.scanning.estimate import Pace
    from leakguard.scanning.gate import Gate
    from leakguard.shipped.reader import ShippedReader
    from leakguard.use_cases.scans.scan_assets import Report, Work


class ProbingWiringBase(Protocol):
    """What the door needs of the other parts."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""

    def user_agent(self, scope: Scope) -> str:
        """How every request over HTTP says who asks."""

    def shipped_reader(self) -> ShippedReader:
        """Reads what a page or an app ships."""


class ProbeWiring(ShippedWiring):
    """The part of `Wiring` that opens the door to the network."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex, to name a run, a finding or a session."""
        import secrets  # noqa: PLC0415  (most commands make no id)

        return secrets.token_hex(length)[:length]

    def prober(
        self: ProbingWiringBase, gate: Gate, limits: Limits, *, timeout: float | None = None, shared: object = None
    ) -> Prober:
        """The door to the network, closed to everything that the gate refuses.

        `timeout` is in seconds, for a connection to open; `shared` is what `shared_total` gave.
        """
        from leakguard.probes.prober import NetworkProber  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.probes.timeouts import Timeouts  # noqa: PLC0415  (as above)
        from leakguard.probes.wire.rate import SharedCell  # noqa: PLC0415  (as above)

        timeouts = Timeouts() if timeout is None else Timeouts(connect=timeout)
        total = shared if isinstance(shared, SharedCell) else None
        return NetworkProber(
            gate=lambda endpoint: gate.check_on(self.now().date(), endpoint),
            plain=gate.plain_at(lambda: self.now().date()), limits=limits, timeouts=timeouts, total=total,
            user_agent=self.user_agent(gate.scope), token=self.token,
            leave=lambda: gate.may_ask_default_accounts(self.now().date()),
            new_reader=self.shipped_reader,
        )  # fmt: skip

    def sampler(self, gate: Gate, limits: Limits, *, beside: Prober) -> Sampler:
        """The one way to what a store holds; in a process of its own, which ends with all that it read.

        What it opens counts against the limits together with what the prober `beside` it opens.
        """
        from leakguard.probes.prober import NetworkProber  # noqa: PLC0415  (as above)
        from leakguard.probes.sampling.apart import SamplerApart  # noqa: PLC0415  (few scans may sample)
        from leakguard.probes.wire.rate import Rate  # noqa: PLC0415  (as above)

        rate = beside.rate if isinstance(beside, NetworkProber) else Rate(limits)
        return SamplerApart(gate=gate.check, rate=rate, limits=limits, user_agent=self.user_agent(gate.scope))

    @cached_property
    def cloud(self) -> Cloud:
        """The interface of AWS, by the profiles of this machine."""
        from leakguard.owners.aws.aws import Aws  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.owners.aws.door import Door  # noqa: PLC0415  (as above)

        return Aws(Door())

    def cloud_policy(self) -> dict[str, Any]:
        """The policy document that lets a role answer everything that is ever asked of AWS."""
        from leakguard.owners.aws.operations import least_policy  # noqa: PLC0415  (loaded when it is first asked for)

        return least_policy()

    def user_agent(self, scope: Scope) -> str:
        """`leakguard/0.1.0 (security@example.edu)`: how every request over HTTP says who asks, and whom to reach."""
        from leakguard.probes.naming import user_agent  # noqa: PLC0415  (loaded when it is first asked for)

        return user_agent(scope)

    def pace(self, timeout: float | None = None) -> Pace:
        """How fast a scan of this process could go; `timeout` as for `prober`."""
        from leakguard.probes.prober import at_once_with  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.probes.sweep.sweep import window_of  # noqa: PLC0415  (as above)
        from leakguard.probes.timeouts import Timeouts  # noqa: PLC0415  (as above)
        from leakguard.probes.wire.handles import of_process  # noqa: PLC0415  (as above)
        from leakguard.scanning.estimate import Pace  # noqa: PLC0415  (as above)

        usual, limit = Timeouts(), of_process().limit
        return Pace(
            connect_seconds=timeout or usual.connect, endpoint_seconds=usual.endpoint, swept_at_once=window_of(limit),
            examined_at_once=at_once_with(limit),
        )  # fmt: skip

    def shared_total(self) -> object:
        """What keeps the total rate of all processes that are started after it was made."""
        from leakguard.probes.wire.rate import SharedCell  # noqa: PLC0415  (loaded when it is first asked for)

        return SharedCell()

    def refuse_few_files(self, parts: int) -> None:
        """Raise `TooFewFiles` where so many processes could not open what they need to begin with."""
        from leakguard.probes.wire.handles import refuse_few_files  # noqa: PLC0415  (loaded when it is first asked for)

        refuse_few_files(parts)

    def run_parts(self, works: Sequence[Work], take: Report) -> bool:
        """Run the parts of a scan: one in this process, several in processes of their own; whether all finished."""
        import leakguard.probes.prober  # noqa: F401, PLC0415  (loaded once, before there are several processes)
        from leakguard.engine.part_report import PartReport  # noqa: PLC0415  (as above)
        from leakguard.parallel.parts import run_apart, run_here  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.probes.loops import loop_factory  # noqa: PLC0415  (as above)

        self.refuse_few_files(len(works))
        if len(works) == 1:
            return run_here(works[0], take, new_loop=loop_factory())
        return run_apart(works, take, new_loop=loop_factory(), kind=PartReport)
