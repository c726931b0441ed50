"""SMB 2 and 3: a session without a name, the list of shares, and whether a share lets it in; no file is touched."""

from __future__ import annotations

import struct

from lab.saying.bits import Bits

NEGOTIATE, SETUP, LOGOFF, TREE, TREE_END, CREATE, CLOSE, IOCTL = 0, 1, 2, 3, 4, 5, 6, 11
HARMLESS = {NEGOTIATE, LOGOFF, TREE, TREE_END, CLOSE}
TRANSCEIVE = 0x0011C017
PIPE = "srvsvc".encode("utf-16le")
OPEN_WHAT_IS_THERE = 1
BIND, REQUEST, LIST_SHARES = 11, 0, 15


def smb_read(said: bytes) -> bool:
    """Whether every message only reads."""
    bits = Bits(said)
    while bits.more:
        message = bits.counted(">I")
        if message[:4] != b"\xfeSMB" or not _reads(struct.unpack_from("<H", message, 12)[0], message, message[64:]):
            return False
    return True


def _reads(command: int, message: bytes, body: bytes) -> bool:
    if command in HARMLESS:
        return True
    if command == SETUP:
        return _names_nobody(body)
    if command == CREATE:
        place, length = struct.unpack_from("<HH", body, 44)
        return message[place : place + length] == PIPE and struct.unpack_from("<I", body, 36)[0] == OPEN_WHAT_IS_THERE
    return command == IOCTL and _lists_shares(body)


def _names_nobody(body: bytes) -> bool:
    """The first message of NTLM, or the last one with neither an answer nor a user."""
    at = body.find(b"NTLMSSP\0")
    if at < 0 or b"NTLMSSP\0" in body[at + 1 :]:
        return False
    kind = struct.unpack_from("<I", body, at + 8)[0]
    if kind != 3:
        return bool(kind == 1)
    answer, user = struct.unpack_from("<H", body, at + 20)[0], struct.unpack_from("<H", body, at + 36)[0]
    return bool(answer == 0 and user == 0)


def _lists_shares(body: bytes) -> bool:
    """A message of DCE/RPC to the pipe: its bind, or the one question for the list."""
    words = body[56:]
    if struct.unpack_from("<I", body, 4)[0] != TRANSCEIVE or len(words) < 24:
        return False
    kind, operation = words[2], struct.unpack_from("<H", words, 22)[0]
    return kind == BIND or (kind == REQUEST and operation == LIST_SHARES)
