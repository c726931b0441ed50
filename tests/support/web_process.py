"""`leakguard web` as a process of its own, on any free port of loopback."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from support.programs import with_our_path

URL = re.compile(r"serves (https?://[^ ]+)\. Ctrl-C")
PROGRAM = ("-m", "leakguard")
LINK = re.compile(r"/first\?link=(lg_[\w-]{43})")


@dataclass(slots=True)
class WebProcess:
    """One server that runs."""

    process: subprocess.Popen[str]
    url: str
    link: str

    def ask(self, path: str, document: Any = None, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:  # noqa: ANN401  (JSON)
        """Status and document of an answer; raises `OSError` where the server is gone."""
        data = None if document is None else json.dumps(document).encode()
        named = {"content-type": "application/json", **(headers or {})}
        request = Request(self.url + path, data=data, headers=named)  # noqa: S310  (our own server)
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310  (as above)
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def kill(self) -> None:
        """End it as the machine does that loses its power."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> int:
        """Ask it to end; returns its exit code."""
        self.process.terminate()
        return self.process.wait(30)


def start(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, program: Sequence[str] = PROGRAM
) -> WebProcess:
    """Start a server in a folder, and wait until it listens; `program` is what Python runs in the place of ours."""
    words = [sys.executable, *program, "web", "--port", "0", *options]
    process = subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**with_our_path(), "PYTHONUNBUFFERED": "1", **(environment or {})},
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    for line in process.stdout:  # the last line says how to end it
        said += line
        if URL.search(said):
            break
    found, link = URL.search(said), LINK.search(said)
    assert found is not None, said
    return WebProcess(process=process, url=found.group(1), link=link.group(1) if link else "")


@contextmanager
def serving(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, program: Sequence[str] = PROGRAM
) -> Iterator[WebProcess]:
    """As `start`; it is gone afterwards."""
    server = start(folder, *options, environment=environment, program=program)
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            server.process.kill()
        server.process.wait()
        if server.process.stdout is not None:
            server.process.stdout.close()
