"""Records every packet with which something began in this network namespace: `python -m bench.recorder FILE`.

Those are TCP packets with SYN and without ACK, and all packets of any other protocol. Prints `ready`, ends when its
standard input does, and then writes one line of JSON to FILE. It needs raw sockets, which the namespace allows.
"""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import json
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EVERY_PROTOCOL = 0x0003
"""`ETH_P_ALL` (linux/if_ether.h)."""
SO_ATTACH_FILTER, SO_TIMESTAMPNS_OLD, SO_RCVBUFFORCE = 26, 35, 33
PACKET_STATISTICS = 6
BUFFER = 256 << 20
PACKET_TYPE = 0xFFFFF004
"""`SKF_AD_OFF + SKF_AD_PKTTYPE` (linux/filter.h)."""
FILTER = (
    (0x30, 0, 0, PACKET_TYPE),  # which way? a packet of loopback passes twice
    (0x15, 0, 10, 4),  # only on its way out
    (0x30, 0, 0, 0),  # version and length of the header
    (0x74, 0, 0, 4),
    (0x15, 0, 6, 4),  # anything but IPv4 is recorded
    (0x30, 0, 0, 9),  # protocol
    (0x15, 0, 4, 6),  # anything but TCP is recorded
    (0xB1, 0, 0, 0),  # length of the header of IP
    (0x50, 0, 0, 13),  # flags of TCP
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),  # SYN without ACK
    (0x06, 0, 0, 96),
    (0x06, 0, 0, 0),
)
"""A classic BPF program over the packet from its IP header on: what the recorder is woken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A packet with which something began."""

    at: float
    """Seconds, by the kernel's clock."""
    protocol: str
    """`tcp`, or the number of another one."""
    address: str
    port: int


@dataclass(slots=True)
class Record:
    """What was recorded; complete when the recording has ended."""

    packets: tuple[Begun, ...] = ()
    lost: int = 0
    """Packets for which there was no room."""


@contextlib.contextmanager
def recording(folder: Path) -> Iterator[Record]:
    """Record until the block ends."""
    file, record = folder / "packets.json", Record()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.recorder", str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError("the packet recorder did not start")
        yield record
        process.communicate()
    told = json.loads(file.read_text("utf-8"))
    record.lost = told["lost"]
    record.packets = tuple(
        Begun(at=at, protocol=protocol, address=address, port=port) for at, protocol, address, port in told["packets"]
    )


def main(file: Path) -> None:
    """Record until standard input ends."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0) as ear:
        _filter(ear)
        with contextlib.suppress(PermissionError):  # root of a user namespace only; what is lost for it is told
            ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS_OLD, 1)
        ear.bind(("lo", EVERY_PROTOCOL))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        packets = list(_heard(ear))
        lost = struct.unpack("II", ear.getsockopt(263, PACKET_STATISTICS, 8))[1]
    file.write_text(json.dumps({"lost": lost, "packets": packets}), encoding="utf-8")


def _heard(ear: socket.socket) -> Iterator[tuple[float, str, str, int]]:
    """Every packet, until standard input has ended and none is left."""
    waiting = [ear.fileno(), sys.stdin.fileno()]
    while True:
        ready = select.select(waiting, [], [], 0.2 if len(waiting) == 1 else None)[0]
        if ear.fileno() in ready:
            data, more, _, _ = ear.recvmsg(256, 64)
            seconds, nanoseconds = struct.unpack("qq", more[0][2][:16])
            yield (seconds + nanoseconds / 1e9, *_told(data))
        elif ready:
            if not os.read(waiting[1], 4096):
                waiting = waiting[:1]
        elif len(waiting) == 1:
            return


def _told(data: bytes) -> tuple[str, str, int]:
    """Protocol, destination and its port."""
    if data[0] >> 4 != 4:
        return str(data[6]), str(ipaddress.IPv6Address(data[24:40])), 0
    start = 4 * (data[0] & 15)
    destination = str(ipaddress.IPv4Address(data[16:20]))
    return ("tcp" if data[9] == 6 else str(data[9])), destination, int.from_bytes(data[start + 2 : start + 4], "big")


def _filter(ear: socket.socket) -> None:
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in FILTER))
    options = struct.pack("HL", len(FILTER), ctypes.addressof(program))
    ear.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
