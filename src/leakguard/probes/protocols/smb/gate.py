"""SMB 2 and 3: the null session, the list of shares, and whether a share lets such a session in; no file is touched.

The session is the anonymous one of [MS-NLMP] 3.2.5.1.2, which has no name and no password to say, so all that varies
in these messages are the numbers that the server hands out and the name of the share.
The only thing that can be opened is the pipe `srvsvc` on `IPC$`, and all that is said to it is "which shares are there"
([MS-SRVS] 3.1.4.8, level 1).
"""

from __future__ import annotations

import re
import struct

from leakguard.frozen import Frozen
from leakguard.probes.wire.gate import ByteGate

NEGOTIATE, SETUP, LOGOFF, TREE_CONNECT, CREATE, CLOSE, IOCTL = 0, 1, 2, 3, 5, 6, 11
"""The commands of [MS-SMB2] 2.2.1 that are used."""
_HEADER = struct.Struct("<4sHHIHHIIQIIQ16s")
_MAGIC = b"\xfeSMB"
_CREDITS = 31
_FRAME = 4
_ROOM = 64 * 1024
_SHARE = r"[^\x00-\x1f\\/]{1,80}"
"""Eighty characters are the most that [MS-SRVS] 2.2.4.23 allows for a share's name."""
_PATH = re.compile(rf"\\\\[0-9a-zA-Z.%-]{{1,100}}\\{_SHARE}")


class Numbers(Frozen):
    """What the server handed out, and how far the talk is."""

    message: int = 0
    session: int = 0
    tree: int = 0


def _message(command: int, body: bytes, numbers: Numbers) -> bytes:
    header = _HEADER.pack(
        _MAGIC, 64, 1, 0, command, _CREDITS, 0, 0, numbers.message, 0xFEFF, numbers.tree, numbers.session, bytes(16)
    )
    return struct.pack(">I", len(header) + len(body)) + header + body


def _short(tag: int, *parts: bytes) -> bytes:
    """An element of DER with fewer than 128 bytes."""
    content = b"".join(parts)
    return bytes((tag, len(content))) + content


_NTLM_FLAGS = 0x00088A05
"""Unicode, request target, NTLM, anonymous, always sign, extended session security ([MS-NLMP] 2.2.2.5)."""
_NTLM_NEGOTIATE = b"NTLMSSP\0" + struct.pack("<II16x", 1, _NTLM_FLAGS)
_EMPTY_FIELDS = b"".join(struct.pack("<HHI", 0, 0, 65) for _ in range(5))
_NTLM_ANONYMOUS = (
    b"NTLMSSP\0" + struct.pack("<IHHI", 3, 1, 1, 64) + _EMPTY_FIELDS + struct.pack("<I", _NTLM_FLAGS) + b"\0"
)
"""No user, no domain, no workstation, no answer to the challenge but the one zero byte that means "nobody"."""
_NTLM = bytes.fromhex("060a2b06010401823702020a")
_SPNEGO = bytes.fromhex("06062b0601050502")
_FIRST_TOKEN = _short(
    0x60,
    _SPNEGO,
    _short(0xA0, _short(0x30, _short(0xA0, _short(0x30, _NTLM)), _short(0xA2, _short(4, _NTLM_NEGOTIATE)))),
)
_SECOND_TOKEN = _short(0xA1, _short(0x30, _short(0xA2, _short(4, _NTLM_ANONYMOUS))))


def _negotiate() -> bytes:
    """Dialects 2.0.2 to 3.1.1; the last needs a context that names SHA-512 for its integrity."""
    dialects = struct.pack("<5H", 0x0202, 0x0210, 0x0300, 0x0302, 0x0311)
    context = struct.pack("<HHIHHH", 1, 6 + 32, 0, 1, 32, 1) + bytes(32)
    start = 64 + 36 + len(dialects)
    padding = bytes(-start % 8)
    fixed = struct.pack("<HHHHI16sIHH", 36, 5, 1, 0, 0, b"leakguard-reader", start + len(padding), 1, 0)
    return fixed + dialects + padding + context


def _setup(token: bytes) -> bytes:
    return struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 64 + 24, len(token), 0) + token


def _tree(path: bytes) -> bytes:
    return struct.pack("<HHHH", 9, 0, 64 + 8, len(path)) + path


def _create() -> bytes:
    """Open the pipe that exists; for reading and writing messages, nothing can be made."""
    name = "srvsvc".encode("utf-16le")
    return struct.pack("<HBBIQQIIIIIHHII", 57, 0, 0, 2, 0, 0, 3, 0, 3, 1, 0, 64 + 56, len(name), 0, 0) + name


def _transceive(handle: bytes, words: bytes) -> bytes:
    head = struct.pack("<HHI16s", 57, 0, 0x0011C017, handle)
    return head + struct.pack("<IIIIIIII", 64 + 56, len(words), 0, 0, 0, _ROOM, 1, 0) + words


def _pdu(kind: int, call: int, body: bytes) -> bytes:
    """One message of DCE/RPC, whole in one fragment (C706, 12.6.3)."""
    return struct.pack("<4BIHHI", 5, 0, kind, 3, 0x10, 16 + len(body), 0, call) + body


_SRVSVC = bytes.fromhex("c84f324b7016d30112785a47bf6ee188")
_NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860")
_BIND = _pdu(
    11, 1, struct.pack("<HHIBxxxHBx", 4280, 4280, 0, 1, 0, 1) + _SRVSVC + struct.pack("<HH", 3, 0) + _NDR + b"\2\0\0\0"
)
_ENUM_STUB = struct.pack("<IIIIIIII", 0, 1, 1, 0x20004, 0, 0, 0xFFFFFFFF, 0)
"""No server's name, level 1 twice, an empty list to be filled, any length, from the start."""
_ENUM = _pdu(0, 2, struct.pack("<IHH", len(_ENUM_STUB), 0, 15) + _ENUM_STUB)


def can_be_named(share: str) -> bool:
    """Whether a share can be connected to by this name; a host may say anything."""
    return re.fullmatch(_SHARE, share) is not None


def command(verb: str, numbers: Numbers, *, path: str = "", handle: bytes = bytes(16)) -> bytes:
    """The bytes of a command; `path` is a share's, `handle` the pipe's."""
    code, body = {
        "negotiate": (NEGOTIATE, _negotiate()),
        "setup": (SETUP, _setup(_FIRST_TOKEN)),
        "anonymous": (SETUP, _setup(_SECOND_TOKEN)),
        "tree": (TREE_CONNECT, _tree(path.encode("utf-16le"))),
        "pipe": (CREATE, _create()),
        "bind": (IOCTL, _transceive(handle, _BIND)),
        "shares": (IOCTL, _transceive(handle, _ENUM)),
        "logoff": (LOGOFF, struct.pack("<HH", 4, 0)),
    }[verb]
    return _message(code, body, numbers)


def _carries(verb: str, data: bytes) -> bool:
    """The message is made again from its own numbers, handle and path, and must be the same to the byte."""
    at = _FRAME + _HEADER.size
    if len(data) < at:
        return False
    fields = _HEADER.unpack_from(data, _FRAME)
    numbers = Numbers(message=fields[8], tree=fields[10], session=fields[11])
    path = data[at + 8 :].decode("utf-16le", "replace") if verb == "tree" else ""
    if verb == "tree" and not _PATH.fullmatch(path):
        return False
    return data == command(verb, numbers, path=path, handle=data[at + 8 : at + 24].ljust(16, b"\0"))


VERBS = frozenset({"negotiate", "setup", "anonymous", "tree", "pipe", "bind", "shares", "logoff"})


def _begins(data: bytes) -> bool:
    """The length of a message, and the name of the protocol: of version 2 and 3, or of 1."""
    return data[:1] == b"\x00" and data[4:8] in (b"\xfeSMB", b"\xffSMB")


GATE = ByteGate(verbs=VERBS, carries=_carries, begins=_begins)
