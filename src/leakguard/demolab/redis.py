"""A Redis-shaped server without a password, of the time: 5.0.5, as a mail front end's session cache would run it.

It knows the commands that look, and hands out canaries to those that read.
"""

from __future__ import annotations

import asyncio

from leakguard.demolab.asks import AskLog, Sort
from leakguard.demolab.elastic_pages import CANARY
from leakguard.frozen import Frozen

ARGUMENT_CAP = 64
LINE_CAP_BYTES = 4 * 1024
IDLE_SECONDS = 30.0
KEYS = 18_204
USED_MEMORY_BYTES = 71_303_168

_LOOKING = {
    "PING",
    "INFO",
    "DBSIZE",
    "ECHO",
    "QUIT",
    "SELECT",
    "HELLO",
    "COMMAND",
    "TIME",
    "CLIENT",
    "VERSION",
    "STATS",
}
_READING = {
    "GET",
    "MGET",
    "SCAN",
    "KEYS",
    "RANDOMKEY",
    "HGETALL",
    "LRANGE",
    "SMEMBERS",
    "ZRANGE",
    "DUMP",
    "MONITOR",
    "EXISTS",
}
_INFO = {
    "server": "redis_version:5.0.5\r\nredis_mode:standalone\r\nos:Linux 4.15.0-50-generic x86_64\r\n"
    "arch_bits:64\r\nrun_id:5b1f0c6a7e1d4f0a9c3b2e8d7f6a5b4c3d2e1f0a\r\nuptime_in_days:41\r\n",
    "memory": f"used_memory:{USED_MEMORY_BYTES}\r\nused_memory_human:68.00M\r\nmaxmemory:0\r\n",
    "replication": "role:master\r\nconnected_slaves:0\r\n",
    "keyspace": f"db0:keys={KEYS},expires={KEYS},avg_ttl=1391214\r\n",
}
_HTTP_WORDS = {"POST", "HOST:"}
"""Redis takes these for HTTP sent by a confused browser, and closes the connection (`securityWarningCommand`)."""
_FIXED = {
    "PING": b"+PONG\r\n",
    "DBSIZE": f":{KEYS}\r\n".encode(),
    "SELECT": b"+OK\r\n",
    "QUIT": b"+OK\r\n",
    "AUTH": b"-ERR Client sent AUTH, but no password is set\r\n",
}


class BrokenCommand(ValueError):
    """The bytes are no command, or break a cap."""


class RedisServer(Frozen):
    """Answers commands; every one is kept in the log."""

    name: str
    log: AskLog

    def answer(self, words: list[str]) -> bytes:
        """One command, one reply; no command changes anything."""
        command, arguments = words[0].upper(), words[1:]
        if command == "GET" and len(arguments) != 1:
            return b"-ERR wrong number of arguments for 'get' command\r\n"
        self.log.note(self.name, command, " ".join(arguments)[:120], sort_of(command))
        if command in _FIXED:
            return _FIXED[command]
        if command == "INFO":
            return _bulk(_info(arguments[0].lower() if arguments else "default"))
        if command in _READING:
            return _bulk(CANARY)
        shown = "".join(letter for letter in words[0] if letter.isalnum())[:40]
        return f"-ERR unknown command `{shown}`, with args beginning with: \r\n".encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's commands until it closes, idles or breaks a cap."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    words = await read_command(reader)
            except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
                return
            except (BrokenCommand, asyncio.LimitOverrunError):
                writer.write(b"-ERR Protocol error\r\n")
                await writer.drain()
                return
            if words and words[0].upper() in _HTTP_WORDS:
                return
            if words:
                writer.write(self.answer(words))
                await writer.drain()
            if words and words[0].upper() == "QUIT":
                return


def sort_of(command: str) -> Sort:
    """What the command would do to a real server."""
    if command == "AUTH":
        return Sort.LOGS_IN
    if command in _READING:
        return Sort.READS_RECORDS
    return Sort.LOOKS if command in _LOOKING else Sort.WRITES


async def read_command(reader: asyncio.StreamReader) -> list[str]:
    """The words of one command, in either of the two forms that Redis takes; raises `BrokenCommand`."""
    line = await _line(reader)
    if not line.startswith("*"):
        return line.split()
    words = []
    for _ in range(_number(line[1:], ARGUMENT_CAP)):
        announced = await _line(reader)
        if not announced.startswith("$"):
            raise BrokenCommand
        words.append((await reader.readexactly(_number(announced[1:], LINE_CAP_BYTES))).decode("utf-8", "replace"))
        if await reader.readexactly(2) != b"\r\n":
            raise BrokenCommand
    return words


async def _line(reader: asyncio.StreamReader) -> str:
    line = await reader.readuntil(b"\n")
    if len(line) > LINE_CAP_BYTES:
        raise BrokenCommand
    return line.decode("utf-8", "replace").rstrip("\r\n")


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or int(text) > most:
        raise BrokenCommand
    return int(text)


def _bulk(text: str) -> bytes:
    data = text.encode()
    return f"${len(data)}\r\n".encode() + data + b"\r\n"


def _info(section: str) -> str:
    if section in {"all", "default", "everything"}:
        return "\r\n".join(f"# {name.capitalize()}\r\n{text}" for name, text in _INFO.items())
    return f"# {section.capitalize()}\r\n{_INFO[section]}" if section in _INFO else ""
