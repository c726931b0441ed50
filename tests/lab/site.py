"""Where one run of the lab lives: its folder, its ports, its processes."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import netns
from lab.fetch import Shelf
from lab.model import NotHad

FIRST_PORT, LAST_PORT = 20_010, 32_000
"""Above the servers' usual ports and below the range that the kernel hands to outgoing connections."""
ANSWER_SECONDS = 600.0
"""A Java server on a machine with two cores takes up to 40 s, and ten times that while much else runs."""
END_SECONDS = 15.0
CLIENT_SECONDS = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a client program ended, and all that it printed."""

    code: int
    text: str


class Site:
    """Hands out folders and ports, starts processes, and ends every one of them."""

    def __init__(self, folder: Path, shelf: Shelf) -> None:
        self.folder = folder
        self.shelf = shelf
        self._held: list[socket.socket] = []
        self._processes: list[asyncio.subprocess.Process] = []
        self._next_port = FIRST_PORT + os.getpid() * 37 % (LAST_PORT - FIRST_PORT - 2_000)

    def workdir(self, name: str) -> Path:
        """An empty folder that the servers' user may write; a new one for each attempt."""
        earlier = len([*self.folder.glob(name), *self.folder.glob(f"{name}.again-*")])
        workdir = self.folder / (f"{name}.again-{earlier}" if earlier else name)
        workdir.mkdir()
        return workdir

    def port(self) -> int:
        """A free port of 127.0.0.1 that stays ours.

        The socket stays bound, without listening, until the lab ends.
        Another lab's attempt to bind it fails, while our server, which sets SO_REUSEADDR as servers do, may listen.
        """
        while self._next_port < LAST_PORT:
            number, self._next_port = self._next_port, self._next_port + 1
            with socket.socket() as strict:
                try:
                    strict.bind(("127.0.0.1", number))
                except OSError:
                    continue
            held = socket.socket()
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                held.bind(("127.0.0.1", number))
            except OSError:
                held.close()
                continue
            self._held.append(held)
            return number
        raise NotHad("no free port is left on 127.0.0.1")

    async def start(
        self,
        workdir: Path,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        inner: Mapping[int, int] | None = None,
    ) -> asyncio.subprocess.Process:
        """Start a server in `workdir`, as an ordinary user and in a process group of its own.

        The kernel ends it when the lab's keeper dies, however the keeper dies. With `inner`, port of 127.0.0.1 to port
        of the server, it runs in a network namespace of its own: for a server that insists on all addresses.
        """
        process = await self._started(workdir, [*(netns.apart() if inner else []), *_as_user(), *argv], env)
        if inner:
            pairs = [f"{outer}={port}" for outer, port in inner.items()]
            command = [sys.executable, "-m", "lab.netns", str(process.pid), *pairs]
            carrying = {"PYTHONPATH": str(Path(__file__).parents[1])}
            await self._started(workdir, ["setpriv", "--pdeathsig", "KILL", "--", *command], carrying)
        return process

    async def _started(
        self, workdir: Path, argv: Sequence[str | Path], env: Mapping[str, str] | None
    ) -> asyncio.subprocess.Process:
        give_away(workdir)
        with (workdir / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(str(word) for word in argv),
                cwd=workdir,
                env={**os.environ, "HOME": str(workdir), **(env or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    async def run(self, workdir: Path, argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
        """Run a program that ends by itself; raises `NotHad` when it fails."""
        process = await self.start(workdir, argv, env=env)
        if await process.wait() != 0:
            raise NotHad(f"{Path(argv[0]).name} ended with {process.returncode}: {last_words(workdir)}")

    async def ask(self, workdir: Path, argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> Said:
        """Run a client that ends by itself, as the servers' user, and return what it said."""
        process = await asyncio.create_subprocess_exec(
            *_as_user(),
            *(str(word) for word in argv),
            cwd=workdir,
            env={**os.environ, "HOME": str(workdir), **(env or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), timeout=CLIENT_SECONDS)
        except TimeoutError:
            process.kill()
            raise NotHad(f"{Path(argv[0]).name} did not end within {CLIENT_SECONDS:.0f} s") from None
        return Said(code=process.returncode or 0, text=said.decode(errors="replace"))

    async def until(self, process: asyncio.subprocess.Process, workdir: Path, answers: Callable[[], bool]) -> None:
        """Wait until the server really answers; raises `NotHad` when it ends or stays silent."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ANSWER_SECONDS
        while loop.time() < deadline:
            if process.returncode is not None:
                raise NotHad(f"the server ended with {process.returncode}: {last_words(workdir)}")
            if await asyncio.to_thread(_answers, answers):
                return
            await asyncio.sleep(0.1)
        raise NotHad(f"no answer within {ANSWER_SECONDS:.0f} s: {last_words(workdir)}")

    def held_mb(self) -> int:
        """Resident memory of all that runs, in MiB."""
        return sum(rss_mb(process.pid) for process in self._processes if process.returncode is None)

    async def end(self, process: asyncio.subprocess.Process) -> None:
        """End one server and all that it started."""
        await _end_all([process])
        self._processes.remove(process)

    async def close(self) -> None:
        """End every server, then remove every file."""
        await _end_all(self._processes)
        for held in self._held:
            held.close()
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


def give_away(workdir: Path) -> None:
    """Make the servers' user the owner of `workdir`, when the lab runs as root."""
    if os.geteuid() == 0:
        shutil.chown(workdir, "nobody", "nogroup")
        for path in workdir.rglob("*"):
            shutil.chown(path, "nobody", "nogroup")


def last_words(workdir: Path) -> str:
    """The last line of a server's log."""
    lines = (workdir / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"


def rss_mb(pid: int) -> int:
    """Resident memory of a process and its children, in MiB."""
    kib = 0
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        kib += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
        # A thread other than the first may have begun them.
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        children = [child for thread in threads for child in thread.read_text(encoding="utf-8").split()]
    except OSError:
        return 0
    return kib // 1024 + sum(rss_mb(int(child)) for child in children)


def user_name() -> str:
    """The user that the servers run as."""
    return "nobody" if os.geteuid() == 0 else getpass.getuser()


def _as_user() -> list[str]:
    """Several servers refuse root, so all of them run as nobody when the lab runs as root."""
    user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig", "KILL", *user, "--"]


def _answers(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, EOFError, ValueError):
        return False


async def _end_all(processes: Sequence[asyncio.subprocess.Process]) -> None:
    """Ask all at once, then wait for each, then insist."""
    running = [process for process in processes if process.returncode is None]
    for process in running:
        _signal(process, signal.SIGTERM)
    waiting: list[Awaitable[int]] = [process.wait() for process in running]
    _, late = (
        await asyncio.wait([asyncio.ensure_future(one) for one in waiting], timeout=END_SECONDS)
        if waiting
        else ((), ())
    )
    if late:
        for process in running:
            _signal(process, signal.SIGKILL)
        await asyncio.wait(late)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
