"""What the lab says about its servers: the rows of `servers.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CANARY = "canary-7f3a91c4d2e8"
"""Planted in every record of every server; a scanner must never repeat it."""


PASSWORD = "lab-secret"
"""Of every protected server; it guards invented data on loopback."""
BCRYPT = "$2b$04$LeakGuardLabOnLoopbace9nay0p6kMdgeIOQTODZWC82kSiuxale"
"""`PASSWORD` as bcrypt, which two servers want and the standard library cannot make."""


class NotHad(Exception):
    """A server cannot be had on this machine; the message says why."""


class NotAsNamed(Exception):
    """A server that is called open is closed, or the other way round: no test may rely on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server in one form."""

    name: str
    """Such as `redis-open`."""
    datastore: str
    """The word that a finding uses for it."""
    form: str
    """`open` or `protected`, as the lab has asserted with its own client."""
    core: bool = True
    """Whether a CI run without it fails."""
    version: str = ""
    transport: str = "tcp"
    """`http`, `https`, `tcp` or `tls`."""
    host: str = "127.0.0.1"
    port: int = 0
    path: str = ""
    """Where it lies below its host's root and nothing there says so: `/mlflow/`; a user then names it in a URL."""
    records: int | None = None
    """How many records the lab planted and the server counts."""
    size_bytes: int | None = None
    """Their bytes, where the server states the length of what was planted and nothing else."""
    collections: int | None = None
    """Of how many indices, tables, workflows or folders, as the server counts them."""
    is_front: bool = False
    """Whether it only stands before another server of the lab; then no further front is put before it."""
    buckets: dict[str, str] = field(default_factory=dict)
    """Bucket name to `open` or `protected`; object stores only."""
    tables: dict[str, str] = field(default_factory=dict)
    """Table, collection or class to `open`, `protected` or `hidden`, where each is judged by itself.

    A hidden one answers strangers and shows them no row.
    """
    pid: int | None = None
    seconds: float = 0.0
    """From its beginning, fetching and building included, to the assertion that it is what its name says."""
    rss_mb: int = 0
    missing: str = ""
    """Why it could not be had; empty when it runs."""

    @property
    def target(self) -> str:
        """As the command line takes it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """All servers of one run."""

    servers: tuple[Server, ...]
    folder: str
    """Where their data and logs lie."""
    keeper: int
    """The process that ends them."""
    ready: bool

    @property
    def running(self) -> tuple[Server, ...]:
        """The servers that answer."""
        return tuple(server for server in self.servers if not server.missing)

    @property
    def missing(self) -> tuple[Server, ...]:
        """The servers that could not be had."""
        return tuple(server for server in self.servers if server.missing)

    def to_json(self) -> str:
        """The text of `servers.json`."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Lab:
        """The inverse of `to_json`."""
        fields: dict[str, Any] = json.loads(text)
        fields["servers"] = tuple(Server(**server) for server in fields["servers"])
        return cls(**fields)

    @classmethod
    def read(cls, workdir: Path) -> Lab | None:
        """What `workdir` says; `None` before the first word of it."""
        try:
            return cls.from_json((workdir / "servers.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def write(self, workdir: Path) -> None:
        """In one step, because another process may be reading."""
        part = workdir / "servers.json.part"
        part.write_text(self.to_json(), encoding="utf-8")
        part.replace(workdir / "servers.json")


def records_of(name: str, count: int = 3) -> list[dict[str, str]]:
    """Invented people for the server `name`; every field that could leak carries the canary."""
    return [
        {
            "name": f"Invented Person {number}",
            "email": f"{CANARY}-{name}-{number}@example.org",
            "phone": f"+49 30 {CANARY}-{name}-{number}",
        }
        for number in range(1, count + 1)
    ]
