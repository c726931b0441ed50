"""Advice with the port that was found in it: the usual port of a product may be another one, and then be shut."""

from __future__ import annotations

from collections.abc import Collection

PORT = "{port}"
"""In the remediation of a check, behind the word `port`."""
PORTS = "{ports}"
"""In a line of a playbook, in the place of `port 9200` or `ports 9200 and 9201`."""


def with_port(text: str, port: int | None) -> str:
    """The remediation for a finding on `port`; without one it speaks of "the port"."""
    if port is None:
        return text.replace(f" port {PORT}", " the port").replace(PORT, "the port")
    return text.replace(PORT, str(port))


def with_ports(line: str, ports: Collection[int]) -> str:
    """A line of a playbook for findings on `ports`; without one it speaks of the port that was found."""
    return line.replace(PORTS, port_words(ports))


def port_words(ports: Collection[int]) -> str:
    """`port 9200`, `ports 9200, 9201 and 9202`."""
    named = [str(port) for port in sorted(set(ports))]
    if not named:
        return "the port that was found"
    if len(named) == 1:
        return f"port {named[0]}"
    return f"ports {', '.join(named[:-1])} and {named[-1]}"
