"""Advice names the ports that were found."""

from __future__ import annotations

import pytest

from leakguard.models.advice import with_port, with_ports


@pytest.mark.parametrize(
    ("ports", "words"),
    [
        ([], "the port that was found"), ([9200], "port 9200"), ([9300, 9200, 9200], "ports 9200 and 9300"),
        ([1, 2, 3], "ports 1, 2 and 3"),
    ],
)  # fmt: skip
def test_a_line_of_a_playbook_names_the_ports_that_were_found(ports: list[int], words: str) -> None:
    assert with_ports("Block {ports}.", ports) == f"Block {words}."


def test_a_remediation_names_the_port_that_was_found_or_none() -> None:
    assert with_port("Close port {port} now.", 19200) == "Close port 19200 now."
    assert with_port("Close port {port} now.", None) == "Close the port now."
