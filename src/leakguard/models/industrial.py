"""Ports of devices that steer machines or treat patients: nothing is sent there without the owner's leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

INDUSTRIAL_PORTS: Mapping[int, str] = MappingProxyType(
    {
        102: "Siemens S7",
        104: "DICOM",
        502: "Modbus",
        802: "Modbus in TLS",
        1911: "Niagara Fox",
        2404: "IEC 60870-5-104",
        2761: "DICOM",
        2762: "DICOM",
        4840: "OPC UA",
        4843: "OPC UA",
        4911: "Niagara Fox",
        11112: "DICOM",
        20000: "DNP3",
        44818: "EtherNet/IP",
    }
)
"""By IANA's registry and the makers' manuals. Some such devices stop when they are asked what they do not know."""
INDUSTRIAL_SCHEMES = frozenset({"dicom", "modbus", "opc.tcp"})
"""Of URLs by which a person says that such a device is there, on whatever port."""


_ASKED = frozenset({"DICOM", "Modbus", "OPC UA"})
"""For the others nobody knows a question here that is sure to do no harm: nothing is sent to them, by no leave."""


_BY_LEAVE = "is probed only if the owner allows it: `industrial` in the scope"
INDUSTRIAL_STEP = (
    "Ask the owner to allow industrial devices in the scope file (`industrial: allowed`), or leave them out."
)
"""What to do about a port or a check that the scope does not open."""


def is_for_leave(refusal: str) -> bool:
    """Whether it is a refusal by `industrial_refusal` that the owner's leave would lift."""
    return refusal.endswith(_BY_LEAVE)


def industrial_name(port: int, scheme: str | None) -> str:
    """What usually listens there, or what a person says does; empty where it is no such device."""
    if scheme in INDUSTRIAL_SCHEMES:
        return f"a device at {scheme}://"
    return INDUSTRIAL_PORTS.get(port, "")


def is_asked(port: int, scheme: str | None) -> bool:
    """Whether the owner's leave opens it."""
    return scheme in INDUSTRIAL_SCHEMES or INDUSTRIAL_PORTS.get(port) in _ASKED


def industrial_refusal(port: int, scheme: str | None) -> str:
    """Why nothing may be sent there."""
    name = industrial_name(port, scheme)
    if is_asked(port, scheme):
        return f"{name} {_BY_LEAVE}"
    return f"{name} may listen there, and nothing is ever sent to it: no harmless question is known"


def ports_left_out_words(ports: Sequence[int]) -> str:
    """Which ports of industrial devices nothing is sent to, and what opens those that can be."""
    return (
        f"Not asked: {', '.join(map(str, ports))}, ports of industrial and medical devices. "
        "Those with a known harmless question are probed only if the owner allows it: `industrial` in the scope."
    )
