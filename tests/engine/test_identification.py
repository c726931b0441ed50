"""Which protocols are tried at one endpoint, in which order, and where none but the first may be."""

from __future__ import annotations

import asyncio

import pytest

from leakguard.checks.order import HTTP
from leakguard.engine.identification import ProtocolAttempt, ProtocolIdentification
from leakguard.models.targets import Approach


def tried(leading: tuple[str, ...], *, hints: tuple[str, ...] = (), tries_first_only: bool = True) -> list[str]:
    """The protocols that are tried at a host that hints at these and tells nothing else."""
    protocols: list[str] = []

    async def speak(protocol: str, _approach: Approach) -> ProtocolAttempt:
        protocols.append(protocol)
        return ProtocolAttempt(protocol=protocol, hints=hints)

    identification = ProtocolIdentification(
        speak=speak, leading=leading, others=("redis",), tries_first_only=tries_first_only
    )
    asyncio.run(identification.run())
    return protocols


def test_of_several_protocols_of_devices_only_the_first_is_tried() -> None:
    """A second one might stop a device that does not speak it; the URL or the port named the first."""
    assert tried(("modbus", "dicom")) == ["modbus"]
    assert tried(("modbus", "dicom"), tries_first_only=False)[:3] == ["modbus", "dicom", HTTP]


def test_what_the_host_itself_hints_at_is_tried_too() -> None:
    assert tried(("modbus", "dicom"), hints=("dicom",)) == ["modbus", "dicom"]


@pytest.mark.parametrize("hints", [(), (HTTP,)])
def test_without_a_first_protocol_nothing_is_tried_and_nothing_guessed(hints: tuple[str, ...]) -> None:
    assert tried((), hints=hints) == []
