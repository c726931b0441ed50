"""Real brokers of the test run's own, on loopback ports that the kernel chose: Redis and RabbitMQ, no service."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad
from support.certificates import server_context

PASSWORD = "CANARY-broker-password-7731"
PATIENCE_SECONDS = 60.0


@contextmanager
def redis_broker(port: int | None = None) -> Iterator[str]:
    """The URL of a Redis with a password, on any port or on this one; skips where there is none."""
    with _redis(port or free_port(), is_tls=False) as (url, _):
        yield url


@contextmanager
def redis_tls_broker() -> Iterator[str]:
    """The same with TLS alone, and a certificate that the URL names as an authority of its own."""
    with _redis(free_port(), is_tls=True) as (url, papers):
        yield f"{url}?ssl_ca_certs={papers}"


@contextmanager
def _redis(port: int, *, is_tls: bool) -> Iterator[tuple[str, Path]]:
    """The URL, and where its certificate lies."""
    program = _program("redis", Path("/usr/bin/redis-server"))
    with tempfile.TemporaryDirectory(prefix="lg-redis-") as name:
        folder = Path(name)
        doors = ["--port", str(port)]
        if is_tls:
            server_context(folder)
            papers = [f"--tls-{one}-file" for one in ("cert", "key", "ca-cert")]
            files = [str(folder / one) for one in ("cert.pem", "key.pem", "cert.pem")]
            doors = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
            doors += [word for pair in zip(papers, files, strict=True) for word in pair]
        options = ["--bind", "127.0.0.1", *doors, "--save", "", "--appendonly", "no"]
        with _server([program, *options, "--requirepass", PASSWORD, "--dir", name], folder, {}):
            greeting = f"AUTH {PASSWORD}\r\n".encode()
            _until(lambda: _answers(port, greeting, b"+OK", is_tls=is_tls), folder)
            yield f"redis{'s' * is_tls}://:{PASSWORD}@127.0.0.1:{port}/0", folder / "cert.pem"


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
    with _rabbit(is_tls=False) as (url, _):
        yield url


@contextmanager
def rabbit_tls_broker() -> Iterator[str]:
    """The same with TLS alone, and a certificate that the URL names as an authority of its own."""
    with _rabbit(is_tls=True) as (url, papers):
        yield f"{url}?ssl_ca_certs={papers}"


@contextmanager
def _rabbit(*, is_tls: bool) -> Iterator[tuple[str, Path]]:
    """The URL, and where its certificate lies."""
    program = _program("rabbitmq", Path("/usr/lib/rabbitmq/bin/rabbitmq-server"))
    with tempfile.TemporaryDirectory(prefix="lg-rabbit-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o777)
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        doors = [f"listeners.tcp.1 = 127.0.0.1:{port}"]
        if is_tls:
            server_context(folder)
            files = {"cacertfile": "cert.pem", "certfile": "cert.pem", "keyfile": "key.pem"}
            doors = ["listeners.tcp = none", f"listeners.ssl.1 = 127.0.0.1:{port}"]
            doors += [f"ssl_options.{one} = {folder / file}" for one, file in files.items()]
        settings = [*doors, "default_user = fleet", f"default_pass = {PASSWORD}", ""]
        (folder / "rabbitmq.conf").write_text("\n".join(settings), encoding="utf-8")
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
            _until(lambda: _answers(port, b"AMQP\x00\x00\x09\x01", b"\x01", is_tls=is_tls), folder)
            yield f"amqp{'s' * is_tls}://fleet:{PASSWORD}@127.0.0.1:{port}//", folder / "cert.pem"


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


def _answers(port: int, question: bytes, answer: bytes, *, is_tls: bool) -> bool:
    try:
        with ExitStack() as stack:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=2))
            if is_tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                line = stack.enter_context(context.wrap_socket(line))
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
