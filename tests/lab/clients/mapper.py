"""Stands where a server of NFS registers itself, and agrees to everything; no scan ever asks it.

`python -m lab.clients.mapper SOCKET`: the port mapper of Debian wants to be root and to change its user.
"""

from __future__ import annotations

import socketserver
import struct
import sys


class Agreeing(socketserver.BaseRequestHandler):
    """Every call of ONC RPC is accepted, and its result is `TRUE`."""

    def handle(self) -> None:
        """Answer until the caller hangs up."""
        while head := self.request.recv(4, 0x100):  # MSG_WAITALL
            length = struct.unpack(">I", head)[0] & 0x7FFFFFFF
            call = self.request.recv(length, 0x100)
            reply = call[:4] + struct.pack(">6I", 1, 0, 0, 0, 0, 1)
            self.request.sendall(struct.pack(">I", 1 << 31 | len(reply)) + reply)


if __name__ == "__main__":
    socketserver.ThreadingUnixStreamServer(sys.argv[1], Agreeing).serve_forever()
