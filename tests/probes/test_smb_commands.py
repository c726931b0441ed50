"""SMB's commands: each is made again from its own numbers and must be the same to the byte; nothing can ride along."""

from __future__ import annotations

import pytest

from leakguard.probes.protocols.smb.gate import GATE, VERBS, Numbers, command


def test_every_command_carries_itself_alone() -> None:
    numbers = Numbers(message=9, session=2**63, tree=7)
    made = {verb: command(verb, numbers, path="\\\\a\\b", handle=b"h" * 16) for verb in VERBS}

    for verb, data in made.items():
        assert [other for other in VERBS if GATE.carries(other, data)] == [verb]
        assert not GATE.carries(verb, data + b"x")
        assert not GATE.carries(verb, data[:60])


@pytest.mark.parametrize("path", ["\\\\a\\b\\c", "\\\\a\\b/c", "\\\\a", "a\\b", "\\\\a\\" + "x" * 81, "\\\\a\\b\0"])
def test_only_a_share_can_be_connected_to(path: str) -> None:
    assert not GATE.carries("tree", command("tree", Numbers(), path=path))


def test_no_file_can_be_opened_and_no_other_call_made() -> None:
    pipe = command("pipe", Numbers())
    shares = command("shares", Numbers())

    assert not GATE.carries("pipe", pipe.replace("srvsvc".encode("utf-16le"), "secret".encode("utf-16le")))
    assert not GATE.carries("shares", shares.replace(b"\x0f\x00\x00\x00\x00\x00\x01", b"\x10\x00\x00\x00\x00\x00\x01"))
