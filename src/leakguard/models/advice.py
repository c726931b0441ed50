"""Advice with the port that was found in it: the usual port of a product may be another one, and then be shut."""

from __future__ import annotations

from collections.abc import Callable, Collection

PORT = "{port}"
"""In the remediation of a check, behind the word `port`."""
PORTS = "{ports}"
"""In a line of a playbook, in the place of `port 9200` or `ports 9200 and 9201`."""


def with_port(text: str, port: int | None) -> str:
    """The remediation for a finding on `port`; without one it speaks of "the port"."""
    if port is None:
        return text.replace(f" port {PORT}", " the port").replace(PORT, "the port")
    return text.replace(PORT, str(port))


def with_ports(line: str, ports: Collection[int], say: Callable[[str], str] = str) -> str:
    """A line of a playbook for findings on `ports`; without one it speaks of the port that was found.

    `say` turns a text into the language of the line.
    """
    return line.replace(PORTS, port_words(ports, say))


def port_words(ports: Collection[int], say: Callable[[str], str] = str) -> str:
    """`port 9200`, `ports 9200, 9201 and 9202`."""
    named = [str(port) for port in sorted(set(ports))]
    if not named:
        return say("the port that was found")
    if len(named) == 1:
        return say("port %(ports)s") % {"ports": named[0]}
    return say("ports %(ports)s and %(last)s") % {"ports": ", ".join(named[:-1]), "last": named[-1]}
