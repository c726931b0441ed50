"""What the rows of pages run in processes of their own: one reading of large scripts, and many small sites.

`python -m bench.page_work read` prints CPU and memory as JSON; `python -m bench.page_work serve PORT` serves sites
until its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

SCRIPTS, SCRIPT_BYTES = 3, 1_000_000
SITE_BYTES = 200_000
ENTRY = "supabase://abcdefghijklmnopqrst"
_FIRST, _SECOND = "abcdefgh", ("x", "y", "z", "eyJ", "AKIA", "e", "J", "sk", "L")
_PIECES = (
    'function {a}({b}){{return {b}.{a}({n},"{a}{b}")}}',
    "var {a}={{{b}:{n},{a}:[{n},{n}]}};",
    'import("./{a}-{n}.css");',
    "{a}.{b}=Array.from({b},e=>e.{a}+{n});",
    '{a}("https://docs.example.edu/{b}/{n}");',
    "if({a}){b}();else throw new Error({n});",
)
"""As a bundler's output: names, calls, texts, and beginnings that only resemble what is looked for."""


def script(size: int, seed: int) -> bytes:
    """So many bytes of code in one line, the same for the same seed."""
    parts, length, chance = ['u="https://abcdefghijklmnopqrst.supabase.co";'], 0, seed
    while length < size:
        chance = (chance * 1_103_515_245 + 12_345) % 2**31  # the same everywhere, as a bench has to be
        number = chance >> 8
        word = {"a": _FIRST[number % 8] + _SECOND[number % 9], "b": _FIRST[number // 8 % 8] + _SECOND[number // 9 % 9]}
        parts.append(_PIECES[number % len(_PIECES)].format(n=number % 10_000, **word))
        length += len(parts[-1])
    return "".join(parts).encode()[:size]


def read() -> dict[str, float]:
    """Seconds of CPU for all scripts, and MiB by which the process grew beyond the scripts themselves."""
    from leakguard.probes.protocols.page.links import chunks_of_script, source_map_of  # noqa: PLC0415  (before the clock)
    from leakguard.shipped.reader import ShippedReader  # noqa: PLC0415  (as above)
    from leakguard.shipped.reading import parse_forms  # noqa: PLC0415  (as above)

    folder = Path(__file__).parents[2] / "shipped"
    forms = parse_forms({name: (folder / name).read_text("utf-8") for name in ("secrets.yaml", "backends.yaml")})
    scripts = [script(SCRIPT_BYTES, seed) for seed in range(SCRIPTS)]
    reader = ShippedReader(forms, key=b"bench")
    begun = time.process_time()
    for number, text in enumerate(scripts):
        reader.read(text, f"/{number}.js")
        chunks_of_script(text)
        source_map_of(text)
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": spent, "peak_mib": peak, "found": len(reader.shipped.backends)}


async def serve(port: int) -> None:
    """A page with one script at every address of this machine, until nobody listens to us any longer."""
    page = b'<!doctype html><script type="module" src="/assets/app.js"></script>'
    answers = {b"/": (page, b"text/html"), b"/assets/app.js": (script(SITE_BYTES, 7), b"text/javascript")}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body, kind = answers.get(head.split(b" ")[1], (b"", b""))
                status = b"200 OK" if body else b"404 Not Found"
                lines = (
                    b"HTTP/1.1 " + status,
                    b"Content-Type: " + (kind or b"text/plain"),
                    b"Content-Length: %d" % len(body),
                )
                writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", port, backlog=4096)
    async with server:
        print("ready", flush=True)  # noqa: T201  (whoever began us waits for it)
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """See the module's text."""
    if sys.argv[1] == "read":
        print(json.dumps(read()))  # noqa: T201  (the result)
    else:
        asyncio.run(serve(int(sys.argv[2])))


if __name__ == "__main__":
    main()
