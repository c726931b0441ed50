"""Fronts in the states that real networks have, for every HTTP server of a running lab: nginx and one odd server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.clients.web import Web
from lab.model import PASSWORD, NotAsNamed, Server
from lab.site import Site
from lab.trees import PYTHON

NONSENSE = "/leakguard-nonsense-7f3a"
LIMITED_AFTER = 4
"""Requests that a limited front answers before it says 429."""
BELOW = "/inner"
SSO_HOST = "127.0.0.2"
"""Excluded from the scope: nobody may follow a redirect there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """One front of one server."""

    state: str
    server: Server
    port: int
    path: str = ""
    """What a user types behind the port."""


def speaks_http(server: Server) -> bool | None:
    """Whether it answers `GET` in plain HTTP: false over TLS, nothing where it speaks something else.

    A server of another protocol may answer with a status alone, and has no header.
    """
    for tls in (False, True):
        try:
            if Web(port=server.port, tls=tls).ask("GET", NONSENSE).headers:
                return not tls
        except (OSError, ValueError):
            continue
    return None


def _pass(target: str, path: str = "") -> str:
    return f"proxy_pass {target}{path};"


_LOCK = "auth_basic lab; auth_basic_user_file htpasswd;"
_BLOCKED = "<html><head><title>Request blocked</title></head><body>This request was blocked. Event 4711.</body></html>"
RULES: Mapping[str, Callable[[str, int], str]] = {
    "plain proxy": lambda to, _: f"location / {{ {_pass(to)} }}",
    "guarded front page": lambda to, _: f"location = / {{ {_LOCK} {_pass(to)} }} location / {{ {_pass(to)} }}",
    "guarded but for the front page": lambda to, _: (
        f"location / {{ {_LOCK} {_pass(to)} }} location = / {{ {_pass(to)} }}"
    ),
    "guarded": lambda to, _: f"location / {{ {_LOCK} {_pass(to)} }}",
    "single sign-on": lambda to, sso: (
        f"location = / {{ return 302 http://{SSO_HOST}:{sso}/login; }} location / {{ {_pass(to)} }}"
    ),
    "private authority": lambda to, _: f"location / {{ {_pass(to)} }}",
    "below a path": lambda to, _: (
        f"location / {{ return 404; }} location {BELOW}/ {{ {_pass(to, '/')} proxy_redirect default; }}"
    ),
    "own front page": lambda to, _: f'location = / {{ return 200 "ok"; }} location / {{ {_pass(to)} }}',
    "firewall": lambda to, _: (
        f"location = / {{ {_pass(to)} }} location / {{ default_type text/html; return 200 '{_BLOCKED}'; }}"
    ),
}
"""State to the rules of nginx; each is given where the server is, and the port of the single sign-on."""
ODD = ("HTTP/1.0 and odd heads", "rate limiter")
STATES = (*RULES, *ODD)


class Fronts:
    """All fronts of one group, and the stranger's host that no scan may reach."""

    def __init__(self, site: Site, servers: Sequence[Server]) -> None:
        self._site = site
        self._servers = servers
        self.all: list[Front] = []
        self.sso_connections = 0
        self._sso: asyncio.Server | None = None

    async def start(self) -> None:
        """Start them, and ask as a stranger whether they pass on what they should."""
        self._sso = await asyncio.start_server(self._met, SSO_HOST, self._site.port())
        sso_port = self._sso.sockets[0].getsockname()[1]
        found = await asyncio.gather(*(asyncio.to_thread(speaks_http, server) for server in self._servers))
        web = [(server, plain) for server, plain in zip(self._servers, found, strict=True) if plain is not None]
        workdir = self._site.workdir("fronts")
        blocks, odd = [], []
        for server, plain in web:
            to = f"{'http' if plain else 'https'}://127.0.0.1:{server.port}"
            for state, rules in RULES.items():
                if state == "below a path" and server.buckets:
                    continue
                port = self._site.port()
                is_tls = state == "private authority"
                listen = f"listen 127.0.0.1:{port}{' ssl' if is_tls else ''};"
                blocks.append(f"server {{ {listen} {rules(to, sso_port)} }}")
                path = f"{BELOW}/" if state == "below a path" else ""
                self.all.append(Front(state=state, server=server, port=port, path=path))
            for state in ODD:
                port = self._site.port()
                odd.append(f"{port}={server.port}={int(plain)}={LIMITED_AFTER if state == 'rate limiter' else 0}")
                self.all.append(Front(state=state, server=server, port=port))
        if web:
            await self._begin(workdir, blocks, odd)

    def close(self) -> None:
        """End the stranger's host; the fronts end with the site."""
        if self._sso is not None:
            self._sso.close()

    async def _met(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sso_connections += 1
        writer.close()

    async def _begin(self, workdir: Path, blocks: Sequence[str], odd: Sequence[str]) -> None:
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
        (workdir / "htpasswd").write_text(f"lab:{{SHA}}{digest}\n", encoding="utf-8")
        await asyncio.to_thread(_private_authority, workdir)
        (workdir / "parts").mkdir()
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {workdir}/parts; " for kind in kinds)
        (workdir / "nginx.conf").write_text(
            f"master_process off; daemon off; pid {workdir}/pid; error_log stderr crit;\n"
            "events { worker_connections 4096; }\n"
            f"http {{ access_log off; default_type text/plain; {places} proxy_http_version 1.1; "
            'proxy_set_header Connection ""; '
            f"ssl_certificate {workdir}/server.pem; ssl_certificate_key {workdir}/server.key;\n"
            + "\n".join(blocks)
            + "\n}\n",
            encoding="utf-8",
        )
        nginx = await self._site.start(workdir, ["/usr/sbin/nginx", "-c", workdir / "nginx.conf", "-e", "stderr"])
        wait: list[Awaitable[None]] = [self._until(nginx, workdir, self._port_of("plain proxy"))]
        for at in range(0, len(odd), 200):
            apart = self._site.workdir(f"odd-{at}")
            # A copy: the servers' user may not be able to reach this checkout.
            shutil.copy(Path(__file__).with_name("odd_server.py"), apart / "odd_server.py")
            started = await self._site.start(apart, [PYTHON, "odd_server.py", *odd[at : at + 200]])
            wait.append(self._until(started, apart, int(odd[at].partition("=")[0])))
        await asyncio.gather(*wait)
        for state, wanted in (("guarded", 401), ("own front page", 200), ("single sign-on", 302)):
            said = (await asyncio.to_thread(Web(port=self._port_of(state)).ask, "GET", "/")).status
            if said != wanted:
                raise NotAsNamed(f"the front `{state}` answered {said} instead of {wanted}")

    def _port_of(self, state: str) -> int:
        return next(front.port for front in self.all if front.state == state)

    async def _until(self, process: asyncio.subprocess.Process, workdir: Path, port: int) -> None:
        await self._site.until(process, workdir, lambda: Web(port=port).ask("HEAD", NONSENSE).status > 0)


def _private_authority(workdir: Path) -> None:
    """A certificate that an authority of our own signed, which no trust store knows."""
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"]
    names = ["-subj", "/O=Invented Organisation/CN=Invented private authority"]
    files = ["-keyout", str(workdir / "ca.key"), "-out", str(workdir / "ca.pem")]
    subprocess.run([*new, *names, *files], check=True, capture_output=True)
    ask = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=inner.example.org"]
    files = ["-keyout", str(workdir / "server.key"), "-out", str(workdir / "server.csr")]
    subprocess.run([*ask, *files], check=True, capture_output=True)
    sign = ["openssl", "x509", "-req", "-days", "30", "-CAcreateserial", "-in", str(workdir / "server.csr")]
    files = ["-CA", str(workdir / "ca.pem"), "-CAkey", str(workdir / "ca.key"), "-out", str(workdir / "server.pem")]
    subprocess.run([*sign, *files], check=True, capture_output=True)
