"""Pages that try to keep us busy, to make us ask others, or to hide that something was not read."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator

import pytest

from leakguard.probes.protocols.page import site_reading
from leakguard.probes.protocols.page.links import MOST_LINKS, other_host, scripts_of_page
from probes.test_page import asked, shipped, site
from support.hostile import Host, Script, http_answer, read_some

pytestmark = pytest.mark.enable_socket

LINE_OF_50_MB = 50 * 1024 * 1024
OURS = {"/", *site_reading.CONFIGURATION}


def page(*scripts: str) -> bytes:
    return b"<!doctype html>" + "".join(f'<script src="{each}"></script>' for each in scripts).encode()


def moved(to: str) -> bytes:
    return http_answer(b"", status="302 Found", headers=f"Location: {to}\r\n")


def named(reply_asked: list[str]) -> list[str]:
    """What was asked for because the page or a script names it."""
    return [path for path in reply_asked if path not in OURS]


def pouring(path: str, head: bytes, piece: bytes) -> Script:
    """A site whose file at `path` never ends."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while request := await read_some(reader, host):
            at = request.split(b" ")[1].decode()
            if at != path:
                writer.write(http_answer(head if at == "/a.js" else page("/a.js") if at == "/" else b"{}"))
                await writer.drain()
                continue
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
            while True:
                writer.write(piece)
                await writer.drain()

    return script


def test_a_source_map_without_an_end_is_cut_at_its_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_reading, "FILE_CAP", 200_000)

    reply, _ = shipped(pouring("/a.js.map", b"x()\n//# sourceMappingURL=a.js.map", b"A" * 20_000))

    sizes = {one["what"]: one["bytes"] for one in reply.document["requests"]}
    assert 0 < sizes["/a.js.map"] <= 200_000 + 64 * 1024
    assert not reply.document["complete"]


def test_scripts_that_each_announce_another_map_stay_within_the_number_of_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_reading, "MOST_FILES", 7)

    def endless() -> Iterator[tuple[str, bytes]]:
        for number in range(50):
            yield f"/{number}.js", f'import("./{number + 1}.js")\n//# sourceMappingURL=m{number}.map'.encode()
            yield f"/m{number}.map", f'{{"sources":[]}}\n//# sourceMappingURL=n{number}.map'.encode()

    reply, _ = shipped(site({"/": page(*(f"/{number}.js" for number in range(50))), **dict(endless())}))

    assert len(asked(reply)) == 1 + 7
    assert not [path for path in asked(reply) if path.startswith("/n")], "a map announces nothing"
    assert not reply.document["complete"]


def test_scripts_that_name_each_other_in_a_circle_are_asked_for_once() -> None:
    circle = {"/a.js": b'import("./b.js")', "/b.js": b'import("./a.js");import("./b.js")'}

    reply, _ = shipped(site({"/": page("/a.js", "/b.js", "/a.js"), **circle}))

    assert named(asked(reply)) == ["/a.js", "/b.js"]
    assert reply.document["complete"]


def test_redirects_in_a_circle_end() -> None:
    answers = {"/x": moved("/y"), "/y": moved("/x"), "/": moved("/x")}

    reply, _ = shipped(site({}, answers))

    assert len(asked(reply)) == 3
    assert not reply.document["is_page"]


def test_a_script_behind_a_redirect_is_read_once_more_and_a_second_redirect_is_not_followed() -> None:
    answers = {"/old.js": moved("/new.js"), "/round.js": moved("/round.js?x"), "/far.js": moved("/farther.js")}
    answers["/farther.js"] = moved("/farthest.js")

    one, _ = shipped(site({"/": page("/old.js"), "/new.js": b"x()"}, answers))
    circle, _ = shipped(site({"/": page("/round.js")}, answers))
    chain, _ = shipped(site({"/": page("/far.js")}, answers))

    assert (named(asked(one)), one.document["complete"]) == (["/old.js", "/new.js"], True)
    assert named(asked(circle)) == ["/round.js"]
    assert (named(asked(chain)), chain.document["complete"]) == (["/far.js", "/farther.js"], False)


def test_a_script_that_leads_to_another_host_is_not_read_and_named() -> None:
    answers = {"/a.js": moved("https://files.example.net/a.js"), "/config.json": moved("https://sso.example.net/")}

    reply, said = shipped(site({"/": page("/a.js")}, answers))

    assert (reply.document["elsewhere"], reply.document["hosts"]) == (1, ["files.example.net"])
    assert reply.document["scripts"] == 0
    assert not any(b"example.net" in words for words in said)


def test_one_line_of_fifty_megabytes_is_read_to_its_cap() -> None:
    line = b'var a="' + b"A" * LINE_OF_50_MB + b'"'

    reply, _ = shipped(site({"/": page("/a.js"), "/a.js": line}))

    sizes = {one["what"]: one["bytes"] for one in reply.document["requests"]}
    assert sizes["/a.js"] <= site_reading.FILE_CAP
    assert not reply.document["complete"]


def test_a_small_file_that_unpacks_to_much_is_given_up() -> None:
    bomb = gzip.compress(b" " * (4 * site_reading.FILE_CAP))
    answer = http_answer(bomb, headers="Content-Encoding: gzip\r\n")

    reply, _ = shipped(site({"/": page("/a.js")}, {"/a.js": answer}))

    assert len(bomb) < site_reading.FILE_CAP // 100
    assert not reply.document["complete"]
    assert reply.document["files"] == 0


def test_what_is_unpacked_counts_towards_the_bytes_of_a_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_reading, "MOST_BYTES", 60_000)
    packed = http_answer(gzip.compress(b"x();" * 10_000), headers="Content-Encoding: gzip\r\n")
    answers = {f"/{number}.js": packed for number in range(9)}

    reply, _ = shipped(site({"/": page(*answers)}, answers))

    assert (named(asked(reply)), reply.document["complete"]) == (["/0.js", "/1.js"], False)


def test_a_script_that_names_thousands_of_scripts_ends_at_the_number_of_files() -> None:
    names = ",".join(f'"./{number}.js"' for number in range(9000))

    reply, _ = shipped(site({"/": page("/a.js"), "/a.js": f"[{names}]".encode()}))

    assert len(asked(reply)) == 1 + site_reading.MOST_FILES
    assert not reply.document["complete"]


def test_a_page_of_tags_alone_names_a_bounded_number_of_scripts() -> None:
    tags = page(*(f"/{number}.js" for number in range(9000)))

    assert len(scripts_of_page(tags)) == MOST_LINKS


def test_a_page_whose_scripts_all_lie_elsewhere_says_so() -> None:
    linked = page("https://files.example.net/app.js", "//cdn.example.org:8443/x.js", "https://files.example.net/b.js")

    reply, said = shipped(site({"/": linked}))

    found = reply.document
    assert (found["elsewhere"], found["scripts"]) == (3, 0)
    assert found["hosts"] == ["files.example.net", "cdn.example.org:8443"]
    assert not any(b"example" in words.split(b"\r\n")[0] for words in said)


def test_a_page_with_scripts_on_endless_hosts_names_the_first_of_them() -> None:
    reply, _ = shipped(site({"/": page(*(f"https://h{number}.example.net/a.js" for number in range(90)))}))

    assert reply.document["elsewhere"] == 90
    assert len(reply.document["hosts"]) == site_reading.MOST_HOSTS


def test_the_base_of_a_page_decides_where_its_scripts_lie() -> None:
    away = b'<!doctype html><base href="https://cdn.example.net/v1/"><script src="a.js"></script>'
    own = b'<!doctype html><base href=/app/><script src="a.js"></script>'
    broken = b'<!doctype html><base href="http://["><script src="/a.js"></script>'

    elsewhere, _ = shipped(site({"/": away}))
    below, _ = shipped(site({"/": own, "/app/a.js": b"x()"}))
    odd, _ = shipped(site({"/": broken, "/a.js": b"x()"}))

    assert elsewhere.document["hosts"] == ["cdn.example.net"]
    assert below.document["scripts"] == odd.document["scripts"] == 1


def test_a_script_with_an_address_that_cannot_be_asked_for_makes_the_reading_incomplete() -> None:
    reply, _ = shipped(site({"/": page("/a b.js")}))
    inline, _ = shipped(site({"/": page("data:text/javascript,x()")}))

    assert not reply.document["complete"]
    assert inline.document["complete"]


def test_a_script_may_be_named_in_a_pages_place() -> None:
    files = {"/v1/app.js": b'import("./b.js");u="https://abcdefghijklmnopqrst.supabase.co"', "/v1/b.js": b"x()"}

    reply, _ = shipped(site(files), path="/v1/app.js")

    assert asked(reply) == ["/v1/app.js", "/v1/b.js"]
    assert (reply.document["is_page"], reply.document["scripts"], len(reply.document["backends"])) == (True, 2, 1)


def test_an_address_that_leads_to_another_host_is_no_page() -> None:
    reply, said = shipped(site({}, {"/": moved("https://www.example.org/")}))

    assert (reply.document["is_page"], reply.document["led_away"], len(said)) == (False, True, 1)


def test_a_server_that_shows_its_page_to_browsers_alone_is_asked_as_one_asks() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while request := await read_some(reader, host):
            is_shown = b"text/html" in request and request.startswith(b"GET / ")
            writer.write(http_answer(page()) if is_shown else http_answer(b"{}", status="404 Not Found"))
            await writer.drain()

    reply, _ = shipped(script)

    assert reply.document["is_page"]


def test_the_policy_of_a_page_names_its_backends() -> None:
    policy = "Content-Security-Policy: connect-src https://abcdefghijklmnopqrst.supabase.co\r\n"

    reply, _ = shipped(site({}, {"/": http_answer(page(), headers=policy)}))

    assert [(one["entry"], one["where"]) for one in reply.document["backends"]] == [
        ("supabase://abcdefghijklmnopqrst", "/ (content-security-policy)")
    ]


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://CDN.example.net/a.js", "cdn.example.net"),
        ("https://user:word@cdn.example.net/a.js", "cdn.example.net"),
        ("//[2001:db8::1]:8443/a.js", "[2001:db8::1]:8443"),
        ("/a.js", ""),
        ("data:text/javascript,x", ""),
        ("https://[", ""),
        ("https://a\x1bb/", ""),
        ("https://" + "a" * 300, ""),
    ],
)
def test_another_host_is_named_without_what_a_link_says_besides(link: str, host: str) -> None:
    assert other_host(link, Host(port=8080).endpoint()) == host
