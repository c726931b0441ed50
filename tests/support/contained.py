"""Runs a command in the root of the image as a container would: read-only, without rights, as a user of a number."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leakguard.errors import ExitCode

USER = 65532
STORE = "var/lib/leakguard"
_MOUNTS = """
mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$0/tmp" && mount --bind "$1" "$0/var/lib/leakguard" &&
mount -o remount,bind,ro "$0" && shift && exec "$@"
"""
_PR_SET_NO_NEW_PRIVS = 38
_BECOME = f"""
import ctypes, json, os, sys, warnings
root, user, folder, environment, words = json.loads(sys.argv[1])
os.chroot(root)
os.chdir(folder)
os.setgroups([])
os.setgid(user)
os.setuid(user)
assert ctypes.CDLL(None).prctl({_PR_SET_NO_NEW_PRIVS}, 1, 0, 0, 0) == 0
os.execvpe(words[0], words, environment)
"""


class Container:
    """The root of an image, what its configuration says, and a folder that is mounted as the store."""

    def __init__(self, root: Path, config: Mapping[str, Any], store: Path) -> None:
        """The folder of the store is the user's own."""
        self.root, self.config, self.store = root, config, store
        self.environment = dict(line.split("=", 1) for line in config["Env"])

    def command(self, *words: str, entrypoint: Sequence[str] | None = None) -> list[str]:
        """What runs these words as the image's command."""
        begun = [*(self.config["Entrypoint"] if entrypoint is None else entrypoint), *words]
        user = int(self.config["User"].partition(":")[0])
        asked = json.dumps([str(self.root), user, self.config["WorkingDir"], self.environment, begun])
        alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _MOUNTS, str(self.root), str(self.store)]
        return [*alone, sys.executable, "-c", _BECOME, asked]

    def run(self, *words: str, entrypoint: Sequence[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        command = self.command(*words, entrypoint=entrypoint)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@contextmanager
def serving(container: Container, *words: str) -> Iterator[str]:
    """The address at which the console is served; its process is asked to end behind it, and has to end well."""
    command = container.command("web", "--bind", "127.0.0.1", "--port", "0", *words)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while "serves" not in said and (line := process.stdout.readline()):
            said += line
        try:
            url = re.search(r"serves (https?://\S+?)\.? ", said)
            assert url is not None, said
            yield url[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
    assert process.returncode == ExitCode.CLEAN
