"""What a scan met and no check knows: something answered there, and it may hold data all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from leakguard.engine.examination import EndpointStatus
from leakguard.frozen import Frozen
from leakguard.models.scope import EntryKind, Scope

MOST_SHOWN = 10
_USUAL: Mapping[int, str] = {
    22: "SSH", 23: "Telnet", 25: "SMTP", 53: "DNS", 102: "Siemens S7", 104: "DICOM", 110: "POP3", 143: "IMAP",
    465: "SMTP", 502: "Modbus", 587: "SMTP", 993: "IMAP", 995: "POP3", 1414: "IBM MQ", 1433: "Microsoft SQL Server",
    1521: "Oracle Database", 2575: "HL7", 2638: "SQL Anywhere", 3050: "Firebird", 3268: "Active Directory",
    3389: "RDP", 3690: "Subversion", 4242: "DICOM", 4369: "Erlang port mapper", 4840: "OPC UA", 5060: "SIP",
    5672: "AMQP", 5900: "VNC", 6000: "X11", 9042: "Cassandra", 9418: "Git", 11112: "DICOM", 20000: "DNP3",
    47808: "BACnet", 50000: "IBM Db2", 61613: "STOMP",
}  # fmt: skip
"""Ports at which a service usually listens, by IANA's registry and the makers' manuals; a guess, and told as one.

Only those count that no check of the library asks by default.
"""


class UnknownEndpoint(Frozen):
    """An endpoint at which something answered that no check knows."""

    target: str
    usual: str = ""
    """What usually listens at its port and has no check; empty where nothing is known of it."""


def unknown_of(done: Iterable[tuple[str, str]], checked_ports: Collection[int]) -> tuple[UnknownEndpoint, ...]:
    """The endpoints that stand as `other`, those of which the port says something first.

    `done` has the targets of a run with how each stands, the latest word last; `checked_ports` are those that some
    check of the library asks by default.
    """
    standings = dict(done)
    found = [_unknown(target, checked_ports) for target, how in standings.items() if how == EndpointStatus.OTHER]
    return tuple(sorted(found, key=lambda endpoint: not endpoint.usual))


def not_scanned_in(scope: Scope) -> tuple[str, ...]:
    """The entries of a scope that a scan of all of it cannot look at, each with what does."""
    reasons = {
        EntryKind.ACCOUNT: "an account is asked from the owner's side: leakguard scan --aws PROFILE",
        EntryKind.WILDCARD: "nobody knows the names under it: name each one that you know",
    }
    return tuple(f"{entry.text}: {reasons[entry.kind]}" for entry in scope.include if entry.kind in reasons)


def _unknown(target: str, checked_ports: Collection[int]) -> UnknownEndpoint:
    place = target.split("/", maxsplit=1)[0]
    port = place.partition(" (")[0].rpartition(":")[2]
    number = int(port) if port.isascii() and port.isdecimal() else 0
    usual = "" if number in checked_ports else _USUAL.get(number, "")
    return UnknownEndpoint(target=place, usual=usual)
