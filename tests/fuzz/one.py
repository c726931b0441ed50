"""One harness under atheris: `python -m fuzz.one KIND [libFuzzer's own options and folders]`; never returns."""

from __future__ import annotations

import asyncio
import sys

import atheris

with atheris.instrument_imports(include=["leakguard.apps", "leakguard.probes.formats", "leakguard.probes.protocols"]):
    from fuzz.talk import harness


def main() -> None:
    """Feed the harness until libFuzzer has had enough."""
    kind, *options = sys.argv[1:]
    loop = asyncio.new_event_loop()
    itself = f"{sys.executable} -m fuzz.one {kind}"  # as libFuzzer starts itself again to merge, through a shell
    atheris.Setup([itself, *options], lambda data: harness(kind, data, loop))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
