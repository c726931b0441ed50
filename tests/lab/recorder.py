"""Stands in front of servers and writes down every byte that a client sends.

`python -m lab.recorder FOLDER NAME=PORT...`

prints one JSON object, name to the port in front, when it listens; ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import sys
from pathlib import Path

CHUNK = 65_536


class Recorder:
    """One listener in front of one server."""

    def __init__(self, log: Path, port: int) -> None:
        self._log = log
        self._port = port
        self._connections = 0

    async def serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Pass everything on, both ways, and keep what the client says."""
        self._connections += 1
        number = self._connections
        try:
            server, onward = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            back.close()
            return
        try:
            await asyncio.gather(self._keep_and_pass(client, onward, number), _pass(server, back))
        except (OSError, asyncio.CancelledError):
            pass  # either side went away, which is theirs to do, or the recorder ends
        finally:
            for writer in (back, onward):
                writer.close()

    async def _keep_and_pass(self, client: asyncio.StreamReader, onward: asyncio.StreamWriter, number: int) -> None:
        while data := await client.read(CHUNK):
            line = json.dumps({"connection": number, "data": base64.b64encode(data).decode()})
            with self._log.open("a", encoding="utf-8") as handle:
                handle.write(f"{line}\n")
            onward.write(data)
            await onward.drain()
        with contextlib.suppress(OSError):
            onward.write_eof()


async def _pass(server: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    while data := await server.read(CHUNK):
        back.write(data)
        await back.drain()
    back.close()


def conversations(log: Path) -> list[bytes]:
    """What a client said on each of its connections, in the order of their beginning."""
    said: dict[int, bytes] = {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else []:
        entry = json.loads(line)
        said[entry["connection"]] = said.get(entry["connection"], b"") + base64.b64decode(entry["data"])
    return list(said.values())


async def main(folder: Path, servers: dict[str, int]) -> None:
    """Listen in front of every server until standard input ends."""
    fronts: dict[str, int] = {}
    listeners = []
    for name, port in servers.items():
        listener = await asyncio.start_server(Recorder(folder / f"{name}.jsonl", port).serve, "127.0.0.1", 0)
        fronts[name] = listener.sockets[0].getsockname()[1]
        listeners.append(listener)
    sys.stdout.write(json.dumps(fronts) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    pairs = (word.split("=") for word in sys.argv[2:])
    asyncio.run(main(Path(sys.argv[1]), {name: int(port) for name, port in pairs}))
