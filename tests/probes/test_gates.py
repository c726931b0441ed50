"""All that may be said to a host stands on one page, `gates.txt`, which a person reads before a change of it is merged.

After a change that is meant, write the page anew with `make gates` and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.checks.protocols import PROTOCOLS
from leakguard.frozen import replace
from leakguard.probes.protocols.redis import gate as redis
from leakguard.probes.wire import content
from leakguard.probes.wire.gates import GATES
from support.gate_page import gate_page, section

PAGE = Path(__file__).parent / "gates.txt"


def test_all_gates_stand_on_the_page_that_was_read() -> None:
    page = gate_page()
    if os.environ.get("LEAKGUARD_GOLDEN") == "write":
        PAGE.write_text(page, encoding="utf-8")

    assert page == PAGE.read_text(encoding="utf-8"), "`make gates` writes it anew; read the difference"


def test_the_page_has_every_protocol_and_every_verb() -> None:
    """Those too that are asked through the gate of another protocol."""
    page = PAGE.read_text(encoding="utf-8")
    sections = {part.splitlines()[0]: part for part in page.split("\n== ")[1:]}

    assert set(sections) == {*PROTOCOLS, "commands that ask for records"}
    for kind, gate in GATES.items():
        verbs = [line.removeprefix("verb ") for line in sections[kind].splitlines() if line.startswith("verb ")]
        assert verbs == sorted(gate.verbs), kind


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("GATE", replace(redis.GATE, verbs=redis.GATE.verbs | {"FLUSHALL"})),
        ("GATE", replace(redis.GATE, tls_ports=frozenset({6381}))),
        ("COMMANDS", {"flush": b"FLUSHALL\r\n"}),
        ("_MORE", b"FLUSHALL\r\n"),
        ("_DEPTH", 99),
        ("_ERROR", redis._ANSWER),  # noqa: SLF001  (a pattern that lets something else through)
    ],
)
def test_a_change_of_anything_that_a_gate_holds_changes_the_page(
    changed: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = section("redis", redis)
    monkeypatch.setattr(redis, changed, value, raising=False)

    assert section("redis", redis) != before


def test_bytes_in_the_code_of_a_gate_are_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that compares with bytes in a function, and not with a constant, hides none of them."""

    def carries(verb: str, data: bytes) -> bool:
        return verb == "x" and data == b"SHUTDOWN"

    monkeypatch.setattr(redis, "GATE", replace(redis.GATE, carries=carries))

    assert "SHUTDOWN" in section("redis", redis)


def test_the_commands_that_ask_for_records_stand_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gate_page()
    monkeypatch.setattr(content, "_NAME", b".*")

    assert gate_page() != before
