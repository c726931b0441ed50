"""What machines do for steps: scan, verify, keep digests, tell somebody; on a scripted network and channels."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from leakguard.errors import ChannelFailed, ChannelUnset, ScopeRefused
from leakguard.frozen import replace
from leakguard.ledger.stored_findings import finding_text
from leakguard.models.alerts import AlertMessage
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending
from leakguard.models.scope import Scope
from leakguard.models.targets import Endpoint
from leakguard.playbooks.machine_runs import RunOutcome
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.responses import playbook_actions
from leakguard.use_cases.responses.playbook_actions import Actions
from leakguard.use_cases.responses.step_orders import StepOrder
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from support.fake_prober import FakeProber, FakeServer, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.findings import make_finding
from support.scans import NOW, scope_of

SCOPE = scope_of("127.0.0.0/24")
PLACE = "127.0.0.1:9200"
Servers = dict[str, FakeServer | Ending]


@dataclass
class Sink:
    """A channel that remembers, or fails."""

    name: str
    got: list[AlertMessage] = field(default_factory=list)
    is_broken: bool = False
    is_unset: bool = False

    def send(self, message: AlertMessage) -> None:
        if self.is_unset:
            raise ChannelUnset(f"{self.name} has no secret", next_step="Set it.")
        if self.is_broken:
            raise ChannelFailed(f"{self.name} refused", next_step="Mend it.")
        self.got.append(message)


def ctrl_c_once() -> Callable[[Endpoint], Awaitable[None]]:
    """Pressed at the first endpoint, as a person does who has seen enough; a second one would be raised."""
    presses = iter([signal.SIGINT])

    async def press(_: Endpoint) -> None:
        for number in presses:
            signal.raise_signal(number)

    return press


class Bench:
    """One incident about one open store, seen from `local`, and everything that machines need."""

    def __init__(self) -> None:
        self.tools = FakeTools(network=FakeProber(servers={PLACE: store_server()}))
        start_scan(ScanOptions(targets=(parse_target(PLACE),)), SCOPE, self.tools, NotedProgress())
        exposed = [one for one in self.tools.store.findings() if one.verdict.outcome is Outcome.EXPOSED]
        self.findings = tuple(one.id for one in exposed)
        self.incident = open_incident(self.tools.store, exposed, now=NOW).id
        self.channels = {name: Sink(name) for name in ("mail", "hook")}

    def actions(self, **changes: object) -> Actions:
        fields: dict[str, object] = {
            "tools": self.tools, "scope": lambda: SCOPE, "progress": NotedProgress(),
            "channels": lambda: self.channels, "roles": {"board": ("mail", "hook"), "nobody": ()},
        }  # fmt: skip
        return Actions(**fields | changes)  # type: ignore[arg-type]

    def order(self, action: str, parameters: Mapping[str, str] | None = None, **changes: object) -> StepOrder:
        fields: dict[str, object] = {
            "key": "IR/1/step/1", "incident": self.incident, "step": "step", "action": action,
            "parameters": parameters or {}, "findings": self.findings,
        }  # fmt: skip
        return StepOrder(**fields | changes)  # type: ignore[arg-type]

    def serve(self, servers: Servers) -> None:
        self.tools.network = FakeProber(servers=servers)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_verification_that_sees_all_of_it_closed_is_done_and_the_incident_knows(bench: Bench) -> None:
    bench.serve({PLACE: store_server(locked=True)})
    report = bench.actions()(bench.order("verify"))

    assert (report.outcome, report.result["vantage"]) == (RunOutcome.DONE, "local")
    assert report.result["findings"] == dict.fromkeys(bench.findings, "closed")
    assert bench.tools.store.kinds(bench.incident)[-1] == "remediation_verified"


def test_what_is_still_open_has_failed(bench: Bench) -> None:
    report = bench.actions()(bench.order("verify"))

    assert (report.outcome, report.text) == (RunOutcome.FAILED, "1 of 1 still open")


def test_a_silence_proves_nothing(bench: Bench) -> None:
    bench.serve({PLACE: FakeServer(otherwise=Ending.SILENT)})

    assert bench.actions()(bench.order("verify")).outcome is RunOutcome.GAVE_UP


def test_a_look_from_another_place_is_not_enough(bench: Bench) -> None:
    """It was seen open from `local`; a firewall may have shut it for the outside alone."""
    bench.serve({PLACE: Ending.REFUSED})
    outside = bench.actions(vantage="outside")(bench.order("verify"))
    assert outside.outcome is RunOutcome.GAVE_UP
    assert "another vantage" in outside.text
    assert "remediation_verified" not in bench.tools.store.kinds(bench.incident)

    assert bench.actions()(bench.order("verify")).outcome is RunOutcome.DONE
    assert bench.tools.store.kinds(bench.incident)[-1] == "remediation_verified"


def test_an_incident_without_a_finding_has_nothing_to_verify(bench: Bench) -> None:
    report = bench.actions()(bench.order("verify", findings=()))

    assert report.outcome is RunOutcome.GAVE_UP
    assert "look by hand" in report.text


def test_nothing_is_probed_without_a_scope(bench: Bench) -> None:
    def none() -> Scope:
        raise ScopeRefused("there is no scope file", next_step="Write one.")

    bench.tools.network.asked.clear()
    for action in ("verify", "scan"):
        with pytest.raises(ScopeRefused):
            bench.actions(scope=none)(bench.order(action))
    assert bench.tools.network.asked == []


def test_a_scan_looks_at_the_whole_scope_and_counts_what_is_open(bench: Bench) -> None:
    few = scope_of("127.0.0.1", "127.0.0.2")
    report = bench.actions(scope=lambda: few)(bench.order("scan"))

    assert report.outcome is RunOutcome.DONE
    assert report.result["exposures"] == 1
    assert "leakguard scan show R-" in report.text


def test_a_scan_that_was_stopped_is_to_be_done_again(bench: Bench) -> None:
    bench.tools.network.pause = ctrl_c_once()
    report = bench.actions(scope=lambda: scope_of("127.0.0.1"))(bench.order("scan"))

    assert report.outcome is RunOutcome.GAVE_UP


def test_a_scan_that_could_not_look_at_everything_is_not_done_and_says_what_is_missing(bench: Bench) -> None:
    """As `leakguard scan` does, which ends with 3."""
    bench.serve({})
    report = bench.actions(scope=lambda: scope_of("127.0.0.1", "gone.example.edu"))(bench.order("scan"))

    assert report.outcome is RunOutcome.GAVE_UP
    assert "0 exposures, but not everything could be checked (no address: gone.example.edu)" in report.text
    assert f"see: leakguard scan show {report.result['run']}" in report.text


def test_a_scan_names_a_few_of_many_names_without_an_address(bench: Bench) -> None:
    names = [f"gone-{number}.example.edu" for number in range(7)]
    bench.serve({})
    report = bench.actions(scope=lambda: scope_of("127.0.0.2", *names))(bench.order("scan"))

    assert (report.outcome, report.text.count("gone-")) == (RunOutcome.GAVE_UP, 5)
    assert " and 2 more)" in report.text


@pytest.mark.parametrize(
    ("ended", "gap"),
    [
        ({"counts": {"not_checked": 2}}, "2 endpoints not checked"),
        ({"findings": (make_finding(outcome=Outcome.INCONCLUSIVE),)}, "1 unclear answer"),
        ({"bugs": {"ValueError": 1}}, "1 endpoint met a bug of LeakGuard"),
        ({"left_out": (LeftOut(name="many.example.edu", addresses=99, too_many=35),)}, "left out: many.example.edu"),
    ],
)
def test_each_gap_of_a_scan_keeps_its_step_open(
    bench: Bench, ended: dict[str, Any], gap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = replace(ScanSummary(run="R-1", counts={}), **ended)
    monkeypatch.setattr(playbook_actions, "start_scan", lambda *_: summary)
    report = bench.actions()(bench.order("scan"))

    assert (report.outcome, gap in report.text) == (RunOutcome.GAVE_UP, True)


def test_digests_are_kept_and_nothing_else(bench: Bench) -> None:
    report = bench.actions()(bench.order("collect"))
    finding = next(bench.tools.store.findings(ids=bench.findings))

    assert report.outcome is RunOutcome.DONE
    assert report.result["findings"] == {finding.id: sha256(finding_text(finding).encode()).hexdigest()}
    assert report.result["ledger"]["sequence"] == len(bench.tools.store.records)
    assert finding.target not in str(report)


def test_a_role_is_told_on_all_its_channels_with_the_key_of_the_act(bench: Bench) -> None:
    order = bench.order("notify", {"role": "board", "message": "{incident} is serious"})
    report = bench.actions(is_drill=True)(order)
    message = bench.channels["mail"].got[0]

    assert (report.outcome, report.result) == (RunOutcome.DONE, {"told": ["mail", "hook"], "failed": []})
    assert (message.id, message.title, message.is_drill) == ("IR/1/step/1", f"{bench.incident} is serious", True)
    assert bench.channels["hook"].got == [message]


def test_one_channel_is_enough_and_the_other_is_named(bench: Bench) -> None:
    bench.channels["mail"].is_broken = True
    report = bench.actions()(bench.order("notify", {"role": "board", "message": "m"}))

    assert report.outcome is RunOutcome.DONE
    assert report.text == "told on hook; mail: mail refused"
    assert report.result == {"told": ["hook"], "failed": ["mail"]}


def test_nobody_knows_whether_a_channel_that_failed_told_somebody(bench: Bench) -> None:
    bench.channels["hook"].is_broken = True
    report = bench.actions()(bench.order("webhook", {"channel": "hook", "message": "m"}))

    assert (report.outcome, report.text) == (RunOutcome.LOST, "hook: hook refused")


def test_a_channel_that_lacks_its_secret_has_told_nobody_and_needs_no_look(bench: Bench) -> None:
    """Nothing was tried, so nobody has to find out whether it arrived."""
    bench.channels["hook"].is_unset = True
    report = bench.actions()(bench.order("webhook", {"channel": "hook", "message": "m"}))
    assert (report.outcome, report.text) == (RunOutcome.GAVE_UP, "hook: hook has no secret")
    bench.channels["mail"].is_broken = True

    assert bench.actions()(bench.order("notify", {"role": "board", "message": "m"})).outcome is RunOutcome.LOST


@pytest.mark.parametrize("role", ["nobody", "stranger", ""])
def test_a_role_without_a_channel_is_told_nothing(bench: Bench, role: str) -> None:
    report = bench.actions()(bench.order("notify", {"role": role, "message": "m"}))

    assert report.outcome is RunOutcome.GAVE_UP
    assert "nobody has the role" in report.text


def test_a_channel_that_is_not_there_is_named(bench: Bench) -> None:
    report = bench.actions()(bench.order("webhook", {"channel": "pager", "message": "m"}))

    assert (report.outcome, report.text) == (RunOutcome.GAVE_UP, "no [[channel]] of leakguard.toml is called pager")
    assert bench.actions()(bench.order("webhook", {"channel": "hook", "message": "m"})).outcome is RunOutcome.DONE
