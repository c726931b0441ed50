"""A real server: how it begins, what it refuses, how it treats slow clients, and how it ends."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import uvicorn

from leakguard.models.web_settings import WebSettings
from leakguard.settings import Settings
from leakguard.web import listening as server_module
from leakguard.web.hosts import ServeOptions, site_of
from leakguard.web.jobs import Jobs
from leakguard.web.listening import Options, url_of
from leakguard.web.request_wiring import SharedWiring
from leakguard.web.server import build, options_of
from support.accounts import PASSWORD
from support.certificates import server_context
from support.programs import with_our_path
from support.web_process import serving

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]
FIRST = {"name": "Anna Berg", "mail": "", "password": PASSWORD}


def limit_of_core_files(process: int) -> str:
    lines = Path(f"/proc/{process}/limits").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("Max core file size"))


def test_a_new_store_is_served_and_its_link_makes_the_first_admin_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        first = server.ask("/first", {**FIRST, "link": server.link})
        again = server.ask("/first", {**FIRST, "name": "Eve", "link": server.link})
        health = server.ask("/api/v1/health")
        core = limit_of_core_files(server.process.pid)
        code = server.end()
        said = server.process.stdout.read() if server.process.stdout is not None else ""

    assert server.url.startswith("http://localhost:")
    assert (first[0], again[0], health) == (200, 409, (200, {**health[1], "store": "ok"}))
    assert core.split()[4:6] == ["0", "0"]
    assert (code, said) == (0, "")
    with serving(tmp_path) as server:
        assert server.link == ""


def test_it_listens_on_this_machine_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        port = f"{urlsplit(server.url).port:04X}"
        table = Path(f"/proc/{server.process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        local = [line.split()[1] for line in table if line.split()[3] == "0A" and line.split()[1].endswith(f":{port}")]

    assert local == [f"0100007F:{port}"]


def test_garbage_and_headers_without_an_end_are_refused_and_others_are_served(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        place = ("127.0.0.1", urlsplit(server.url).port or 0)
        for sent in (b"\x16\x03\x01 garbage\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000):
            with socket.create_connection(place, 10) as line:
                line.sendall(sent)
                assert line.recv(20).startswith((b"HTTP/1.1 4", b"")), sent[:10]
        waiting = [socket.create_connection(place, 10) for _ in range(50)]
        for line in waiting:
            line.sendall(b"GET / HTTP/1.1\r\n")
        health = server.ask("/api/v1/health")[0]
        for line in waiting:
            line.close()

    assert health == 200


def test_a_head_that_does_not_arrive_and_a_silent_connection_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "HEADER_PATIENCE", 0.2)
    options = Options(asked=ServeOptions(), port=0)
    app = build(site_of(ServeOptions()), SharedWiring(Settings(store=str(tmp_path / "a.db"))), Jobs(), {})
    with server_module.listening_socket(options) as listening:
        server = uvicorn.Server(server_module.config_of(app, options))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        place = listening.getsockname()
        with socket.create_connection(place, 20) as slow, socket.create_connection(place, 20) as used:
            slow.sendall(b"GET / HTTP/1.1\r\n")
            used.sendall(b"GET /api/v1/docs HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = used.recv(100)
            ends = (slow.recv(100), until_it_ends(used))
        server.should_exit = True
        thread.join(20)

    assert answer.startswith(b"HTTP/1.1 200")
    assert ends == (b"", b"")
    assert not thread.is_alive()


def until_it_ends(line: socket.socket) -> bytes:
    while line.recv(65536):
        pass
    return b""


def test_with_a_certificate_it_speaks_tls_and_sets_a_cookie_for_this_host_alone(tmp_path: Path) -> None:
    server_context(tmp_path, "localhost")
    pem = next(one for one in tmp_path.glob("*.pem") if b"CERTIFICATE" in one.read_bytes())
    key = next(one for one in tmp_path.glob("*.pem") if b"PRIVATE KEY" in one.read_bytes())
    with serving(tmp_path, "--tls-cert", str(pem), "--tls-key", str(key)) as server:
        trust = ssl._create_unverified_context()  # noqa: S323, SLF001  (a certificate that nobody signed)
        document = json.dumps({**FIRST, "link": server.link}).encode()
        request = Request(f"{server.url}/first", data=document, headers={"content-type": "application/json"})  # noqa: S310  (our own server)
        with urlopen(request, timeout=60, context=trust) as answer:  # noqa: S310  (as above)
            cookie, lasts = answer.headers["set-cookie"], answer.headers["strict-transport-security"]

    assert server.url.startswith("https://localhost:")
    assert cookie.startswith("__Host-leakguard=")
    assert lasts


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--bind", "0.0.0.0"), "--tls-cert FILE"),
        (("--bind", "0.0.0.0", "--behind-proxy", "127.0.0.1"), "--host leakguard.example.edu"),
        (("--tls-cert", "none.pem", "--tls-key", "none.pem", "--host", "a"), "PEM"),
    ],
)
def test_what_nobody_should_serve_ends_with_the_way_to_do_it(
    tmp_path: Path, options: tuple[str, ...], text: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "leakguard", "web", "--port", "0", *options], cwd=tmp_path, env=with_our_path(),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 2, done.stderr
    assert text in done.stderr
    assert "Next:" in done.stderr


def test_a_port_that_another_program_has_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "leakguard", "web", "--port", str(port)], cwd=tmp_path, env=with_our_path(),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    assert (done.returncode, f"port {port}" in done.stderr) == (2, True)


def test_options_win_over_the_table_of_the_settings() -> None:
    web = WebSettings(bind="0.0.0.0", port=9000, hosts=("a.example",), behind_proxy="192.0.2.1", proxy_secret_env="S")
    settings = Settings(stated_web=web)
    by_table = options_of(settings, {}, {"S": "secret"})
    by_options = options_of(settings, {"bind": "127.0.0.1", "port": 0, "hosts": ("b.example",)}, os.environ)

    assert by_table.asked == ServeOptions(
        bind="0.0.0.0", hosts=("a.example",), proxy="192.0.2.1", proxy_secret="secret"
    )
    assert by_table.port == 9000
    assert (by_options.asked.bind, by_options.port, by_options.asked.hosts) == ("127.0.0.1", 0, ("b.example",))
    assert url_of(site_of(by_table.asked), 9000, is_proxied=True) == "https://a.example"
