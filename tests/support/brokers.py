"""Real brokers of the test run's own, on loopback ports that the kernel chose: Redis and RabbitMQ, no service."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad

PASSWORD = "CANARY-broker-password-7731"
PATIENCE_SECONDS = 60.0


@contextmanager
def redis_broker(port: int | None = None) -> Iterator[str]:
    """The URL of a Redis with a password, on any port or on this one; skips where there is none."""
    program = _program("redis", Path("/usr/bin/redis-server"))
    with tempfile.TemporaryDirectory(prefix="lg-redis-") as folder:
        port = port or free_port()
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
        with _server([program, *options, "--requirepass", PASSWORD, "--dir", folder], Path(folder), {}):
            _until(lambda: _answers(port, f"AUTH {PASSWORD}\r\n".encode(), b"+OK"), Path(folder))
            yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"


@contextmanager
def socket_broker() -> Iterator[str]:
    """The URL of a Redis behind a socket file, which is the same file in every network namespace of this machine."""
    program = _program("redis", Path("/usr/bin/redis-server"))
    with tempfile.TemporaryDirectory(prefix="lg-redis-") as folder:
        place = Path(folder) / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(place), "--unixsocketperm", "777", "--save", "", "--dir", folder]
        with _server([program, *options], Path(folder), {}):
            Path(folder).chmod(0o755)
            _until(place.exists, Path(folder))
            yield f"redis+socket://{place}"


@contextmanager
def rabbit_broker() -> Iterator[str]:
    """The URL of a RabbitMQ with a user of its own; skips where there is none."""
    program = _program("rabbitmq", Path("/usr/lib/rabbitmq/bin/rabbitmq-server"))
    with tempfile.TemporaryDirectory(prefix="lg-rabbit-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o777)
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\ndefault_user = fleet\ndefault_pass = {PASSWORD}\n", encoding="utf-8"
        )
        epmd = free_port()
        environment = {
            "HOME": name,
            "RABBITMQ_NODENAME": f"fleet{port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        # The daemon of names, which Erlang would begin out of our sight.
        with (
            _server(["epmd", "-relaxed_command_check"], folder, environment),
            _server([program], folder, environment),
        ):
            _until(lambda: _answers(port, b"AMQP\x00\x00\x09\x01", b"\x01"), folder)
            yield f"amqp://fleet:{PASSWORD}@127.0.0.1:{port}//"


def _program(package: str, place: Path) -> str:
    """The server's program, which the lab installs where it may; skips where there is none, and fails in CI."""
    if not place.exists():
        try:
            asyncio.run(Shelf(cache_folder()).debian(package))
        except NotHad as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    return str(place)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _server(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a server as nobody in a process group of its own, which is ended as a whole."""
    user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"] if os.geteuid() == 0 else []
    if user:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*user, *command], cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(port: int, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(question)
            return line.recv(64).startswith(answer)
    except OSError:
        return False


def _until(is_up: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_up():
        if time.monotonic() > end:
            pytest.fail((folder / "log").read_text(encoding="utf-8", errors="replace")[-500:])
        time.sleep(0.1)
