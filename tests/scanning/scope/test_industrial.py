"""The owner's leave to ask devices that steer machines or treat patients: without it nothing goes to their ports."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from leakguard.checks.library import ports_of
from leakguard.checks.order import SCHEME_KINDS, port_kinds
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.scope_permissions import without_industrial
from leakguard.errors import OutOfScope, ScopeRefused
from leakguard.frozen import replace
from leakguard.models.industrial import INDUSTRIAL_PORTS, INDUSTRIAL_SCHEMES, INDUSTRIAL_STEP, is_asked
from leakguard.models.observations import Ending
from leakguard.models.scope import Limits, OwnerPermission, Scope
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.outputs.json_text import scan_json_parts
from leakguard.outputs.sarif import sarif_parts
from leakguard.outputs.scan_paper import scan_paper
from leakguard.outputs.scope import scope_json, scope_lines
from leakguard.outputs.words import leave_lines
from leakguard.scanning.gate import Gate
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.targets import parse_target
from leakguard.shipped.reader import formless
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.start_scan import pick_checks
from leakguard.wiring.probing import ProbeWiring
from support.each import for_each
from support.probing import Question
from support.scan_views import scan_view
from support.scans import NOW, SCOPE_TEXT, scope_of
from support.shipped import LIBRARY
from support.sweeping import Notes

LEAVE = OwnerPermission(allowed_by="Jane Roe", allowed_at=date(2026, 11, 20), until=date(2026, 12, 15))
WORDS = "allowed by Jane Roe on 2026-11-20, until 2026-12-15"
LINE = "industrial: {allowed_by: Jane Roe, allowed_at: 2026-11-20, until: 2026-12-15}\n"
CLOSED = scope_of("127.0.0.0/8")
ALLOWED = replace(CLOSED, industrial=LEAVE)
LISTENER = "127.0.0.83"
PORT = 11112


def scope_with(line: str, now: datetime = NOW) -> Scope:
    return parse_scope(SCOPE_TEXT.rstrip("\n") + f"\n{line}", name="scope.yaml", now=now)


def planned(scope: Scope, *targets: str, ports: tuple[int, ...] = (80,)) -> list[str]:
    plan = plan_scan([parse_target(text) for text in targets], scope, ports=ports, resolve=lambda _name: ())
    return [endpoint.key for endpoint in plan.endpoints()]


def test_a_leave_is_a_name_and_two_days_and_the_default_is_none() -> None:
    assert scope_with(LINE).industrial == LEAVE
    assert scope_with("industrial: forbidden\n").industrial is None
    assert parse_scope(SCOPE_TEXT, name="scope.yaml", now=NOW).industrial is None
    assert scope_with(LINE).default_accounts is None


def test_a_bare_leave_is_given_by_the_person_who_approved_the_scope() -> None:
    scope = scope_with("industrial: allowed\n")

    assert scope.industrial == OwnerPermission(
        allowed_by=scope.owner.approved_by, allowed_at=scope.owner.approved_at, until=scope.valid_until
    )


def test_a_leave_that_is_not_in_force_stops_the_scan() -> None:
    with pytest.raises(ScopeRefused) as refused:
        scope_with(LINE, datetime(2026, 12, 16, tzinfo=UTC))

    assert "take `industrial` out" in refused.value.next_step


def test_every_port_of_a_check_of_such_devices_is_on_the_list_and_no_other_check_asks_there() -> None:
    own = [check for check in LIBRARY if PROTOCOLS[check.probe.kind].is_industrial]

    assert own
    assert {port for check in own for port in check.probe.ports} <= {
        port for port in INDUSTRIAL_PORTS if is_asked(port, None)
    }
    assert not set(ports_of(without_industrial(LIBRARY))) & set(INDUSTRIAL_PORTS)
    assert {SCHEME_KINDS[scheme] for scheme in INDUSTRIAL_SCHEMES} == {
        kind for kind, protocol in PROTOCOLS.items() if protocol.is_industrial
    }


def test_without_a_leave_no_such_port_is_planned_and_the_plan_says_so() -> None:
    plan = plan_scan(
        [parse_target("127.0.0.1")], CLOSED, ports=(80, *INDUSTRIAL_PORTS), resolve=lambda _name: ()
    )  # fmt: skip

    assert [endpoint.port for endpoint in plan.endpoints()] == [80]
    assert plan.ports_left_out == tuple(sorted(INDUSTRIAL_PORTS))
    assert "Not asked: 102, 104, 502," in "".join(leave_lines(None, None, plan.ports_left_out))


@for_each(
    ("target", "is_for_leave"),
    [
        ("127.0.0.1:502", True),
        ("127.0.0.1:102", False),
        *((f"{scheme}://127.0.0.1:9999", True) for scheme in sorted(INDUSTRIAL_SCHEMES)),
    ],
)
def test_a_device_that_is_named_is_refused_without_a_leave(target: str, is_for_leave: bool) -> None:  # noqa: FBT001  (a case)
    """The next step is to ask the owner, but where no leave opens the port."""
    with pytest.raises(OutOfScope) as refused:
        planned(CLOSED, target)

    assert (refused.value.next_step == INDUSTRIAL_STEP) is is_for_leave


def test_with_a_leave_those_are_planned_that_a_question_is_known_for() -> None:
    ports = tuple(port for port in INDUSTRIAL_PORTS if is_asked(port, None))

    assert len(planned(ALLOWED, "127.0.0.1", ports=tuple(INDUSTRIAL_PORTS))) == len(ports)
    assert planned(ALLOWED, "dicom://127.0.0.1:9999")
    with pytest.raises(OutOfScope):
        planned(ALLOWED, "127.0.0.1:102")


def test_a_check_of_such_devices_that_is_chosen_needs_the_leave() -> None:
    with pytest.raises(ScopeRefused) as refused:
        pick_checks(LIBRARY, ("dicom_open",), CLOSED)

    assert refused.value.next_step == INDUSTRIAL_STEP

    assert [check.id for check in pick_checks(LIBRARY, ("dicom_open",), ALLOWED)] == ["dicom_open"]
    assert pick_checks(LIBRARY, (), CLOSED) == without_industrial(LIBRARY)
    assert pick_checks(LIBRARY, (), ALLOWED) == LIBRARY


def test_what_such_a_device_speaks_is_never_a_guess() -> None:
    _, guessed = port_kinds(LIBRARY, 9999, None)

    assert not [kind for kind in guessed if PROTOCOLS[kind].is_industrial]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("scope", "day", "is_open"),
    [(CLOSED, 24, False), (ALLOWED, 24, True), (ALLOWED, 19, False)],
    ids=["no leave", "in force", "not in force"],
)
def test_the_leave_is_asked_again_at_the_moment_of_connecting(scope: Scope, day: int, *, is_open: bool) -> None:
    """Whatever the plan was: neither a session nor the sweep opens a connection to the port."""
    around = SimpleNamespace(
        now=lambda: datetime(2026, 11, day, 12, tzinfo=UTC), token=lambda length=8: "0" * length,
        user_agent=lambda _scope: "leakguard/test", shipped_reader=formless,
    )  # fmt: skip

    async def work() -> tuple[Ending, list[str]]:
        prober = ProbeWiring.prober(cast("Any", around), Gate(scope=scope), Limits(), timeout=1.0)
        session = prober.open(Endpoint(address=LISTENER, port=PORT), "dicom")
        try:
            reply = await session.ask(Question("associate"))
        finally:
            await session.close()
        notes = Notes()
        await prober.sweep(iter([SweepEndpoint(0, 0, LISTENER, PORT)]), notes, first=0).run()
        return reply.ended, list(notes.told.values())

    with socket.create_server((LISTENER, PORT)) as server:
        server.settimeout(0)
        ended, told = asyncio.run(work())
        try:
            server.accept()[0].close()
            was_met = True
        except BlockingIOError:
            was_met = False

    assert was_met is is_open
    assert (ended is Ending.BLOCKED) is not is_open
    assert told == (["open"] if is_open else ["blocked"])


def test_a_scope_and_every_output_of_a_run_say_who_allowed_it() -> None:
    view = scan_view(industrial=LEAVE)

    assert f"industry  {WORDS}" in list(scope_lines(ALLOWED))
    assert scope_json(ALLOWED)["industrial"] == LEAVE.to_json()
    assert "industry  forbidden" in list(scope_lines(CLOSED))
    assert any(WORDS in line for line in leave_lines(None, LEAVE, ()))
    told = "".join(scan_json_parts("R-1", {}, [], industrial=LEAVE, ports_left_out=(502,)))
    assert '"industrial": {"allowed_by": "Jane Roe"' in told
    assert '"ports_left_out": [502]' in told
    assert '"industrial":' in "".join(sarif_parts(view))
    assert WORDS in repr(scan_paper(view))
