"""What a machine can do for a step: look again, keep digests, tell somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from leakguard.engine.examination import EndpointStatus
from leakguard.errors import ChannelFailed, ChannelUnset
from leakguard.frozen import Frozen
from leakguard.ledger.stored_findings import finding_text
from leakguard.models.alerts import AlertMessage, Severity
from leakguard.models.findings import Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.scope import Scope
from leakguard.models.texts import counted
from leakguard.playbooks.machine_runs import RunOutcome
from leakguard.ports import Channel, Progress
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.incidents.incident_closures import Closure
from leakguard.use_cases.owners.scan_cloud import CloudTools
from leakguard.use_cases.owners.verify_cloud import verify_both
from leakguard.use_cases.responses.step_orders import StepOrder, StepReport
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan

MOST_NAMED = 5
"""Names in one line of what a scan could not look at."""


class Actions(Frozen):
    """Everything that the actions need from the outside; called with an order, it gives a report."""

    tools: CloudTools
    scope: Callable[[], Scope]
    """Read when something is to be probed; raises without a valid permission."""
    progress: Progress
    channels: Callable[[], Mapping[str, Channel]]
    roles: Mapping[str, Sequence[str]]
    """Role to the names of its channels."""
    vantage: str = "local"
    is_drill: bool = False

    def __call__(self, order: StepOrder) -> StepReport:
        """Do what is ordered; raises `LeakGuardError` when it cannot be done."""
        acts: Mapping[str, Callable[[StepOrder], StepReport]] = {
            "scan": self._scan,
            "verify": self._verify,
            "collect": self._collect,
            "notify": self._notify,
            "webhook": self._webhook,
        }
        return acts[order.action](order)

    def _scan(self, _: StepOrder) -> StepReport:
        """The whole scope; whether what it finds is new is for a person, or for the watch, to say."""
        summary = start_scan(ScanOptions(vantage=self.vantage), self.scope(), self.tools, self.progress)
        outcomes = found_of(summary.findings).outcomes
        count = sum(outcomes.get(outcome, 0) for outcome in OPEN_OUTCOMES)
        result = {"run": summary.run, "exposures": count, "unclear": outcomes.get(Outcome.INCONCLUSIVE, 0)}
        if summary.is_interrupted:
            return StepReport(outcome=RunOutcome.GAVE_UP, text=f"the scan {summary.run} was stopped", result=result)
        text, see = f"scan {summary.run}: {counted(count, 'exposure')}", f"see: leakguard scan show {summary.run}"
        if summary.is_unfinished:
            text = f"{text}, but not everything could be checked ({', '.join(_gaps(summary))})"
            return StepReport(outcome=RunOutcome.GAVE_UP, text=f"{text}; {see}", result=result)
        return StepReport(outcome=RunOutcome.DONE, text=f"{text}; {see}", result=result)

    def _verify(self, order: StepOrder) -> StepReport:
        """Closure is proved when the incident itself says so: from every vantage that saw it open."""
        if not order.findings:
            text = "the incident has no finding to look at again: look by hand, and record remediation_verified"
            return StepReport(outcome=RunOutcome.GAVE_UP, text=text)
        verified, closed = verify_both(order.findings, self.scope(), self.tools, self.progress, vantage=self.vantage)
        counts = Counter(item.closure for item in verified)
        result: dict[str, Any] = {
            "run": verified[0].run, "vantage": self.vantage,
            "findings": {item.finding.id: item.closure.value for item in verified},
        }  # fmt: skip
        if counts[Closure.STILL_OPEN]:
            text = f"{counts[Closure.STILL_OPEN]} of {len(verified)} still open"
            return StepReport(outcome=RunOutcome.FAILED, text=text, result=result)
        if order.incident in closed:
            text = f"all {len(verified)} are closed, seen from every vantage that saw them open"
            return StepReport(outcome=RunOutcome.DONE, text=text, result=result)
        text = "no clear answer yet, or another vantage has to look as well: leakguard scan verify --vantage NAME"
        return StepReport(outcome=RunOutcome.GAVE_UP, text=text, result=result)

    def _collect(self, order: StepOrder) -> StepReport:
        """Digests alone: what was found stays where it is, and can be held against them."""
        findings = self.tools.store.findings(ids=order.findings)
        digests = {finding.id: sha256(finding_text(finding).encode()).hexdigest() for finding in findings}
        last = max(self.tools.store.read(order.incident), key=lambda record: record.sequence)
        result = {"findings": digests, "ledger": {"sequence": last.sequence, "hash": last.hash}}
        text = f"{counted(len(digests), 'finding')} and the ledger up to entry {last.sequence} kept by their digests"
        return StepReport(outcome=RunOutcome.DONE, text=text, result=result)

    def _notify(self, order: StepOrder) -> StepReport:
        role = order.parameters.get("role", "")
        names = tuple(self.roles.get(role, ()))
        if not names:
            text = f"nobody has the role {role} in leakguard.toml: [escalation] roles"
            return StepReport(outcome=RunOutcome.GAVE_UP, text=text)
        return self._send(order, names)

    def _webhook(self, order: StepOrder) -> StepReport:
        name = order.parameters.get("channel", "")
        if name not in self.channels():
            return StepReport(outcome=RunOutcome.GAVE_UP, text=f"no [[channel]] of leakguard.toml is called {name}")
        return self._send(order, (name,))

    def _send(self, order: StepOrder, names: Sequence[str]) -> StepReport:
        """On every channel; done when one of them took it. One that failed may have told somebody all the same."""
        channels, message = self.channels(), self._message(order)
        notified, failed, is_open = [], [], False
        for name in names:
            try:
                channels[name].send(message)
                notified.append(name)
            except ChannelFailed as error:
                failed.append(f"{name}: {error.message}")
                is_open = is_open or not isinstance(error, ChannelUnset)
        text = "; ".join([f"told on {', '.join(notified)}"] * bool(notified) + failed)
        unsent = RunOutcome.LOST if is_open else RunOutcome.GAVE_UP
        outcome = RunOutcome.DONE if notified else unsent
        return StepReport(
            outcome=outcome,
            text=text,
            result={"told": notified, "failed": [failure.split(":")[0] for failure in failed]},
        )

    def _message(self, order: StepOrder) -> AlertMessage:
        text = order.parameters.get("message", "").replace("{incident}", order.incident)
        return AlertMessage(
            id=order.key, incident=order.incident, clock="", threshold="", severity=Severity.NOTICE, title=text,
            lines=(text, f"Step {order.step} of the playbook; leakguard playbook next {order.incident}"),
            due_at=None, is_drill=self.is_drill,
        )  # fmt: skip


def _gaps(summary: ScanSummary) -> Iterator[str]:
    """What a scan could not look at, or not clearly; at least one for a scan that is unfinished."""
    unasked = summary.counts.get(EndpointStatus.NOT_CHECKED.value, 0)
    unclear = found_of(summary.findings).outcomes.get(Outcome.INCONCLUSIVE, 0)
    cut = [left.name for left in summary.left_out if left.is_unknown]
    for count, one, several in (
        (unasked, "endpoint not checked", "endpoints not checked"),
        (unclear, "unclear answer", "unclear answers"),
        (sum(summary.bugs.values()), "endpoint met a bug of LeakGuard", "endpoints met a bug of LeakGuard"),
    ):
        if count:
            yield counted(count, one, several)
    for names, words in ((summary.unresolved, "no address"), (cut, "addresses left out")):
        if names:
            more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            yield f"{words}: {', '.join(names[:MOST_NAMED])}{more}"
