"""Pages: which files of a site are read, what is told of them, and that no other host is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from leakguard.models.observations import Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.protocols.page import site_reading
from leakguard.probes.protocols.page.links import chunks_of_script, path_on_site, scripts_of_page, source_map_of
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping
from support.hostile import Host, Script, http_answer, read_some, serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

FORMS = shipping()
SECRET = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"
SITE = {
    "/": b'<!doctype html><script type="module" src="/assets/index-a1.js"></script>'
    b'<script src="https://cdn.example.net/lib.js"></script>',
    "/assets/index-a1.js": b'import("./Login-b2.js");c.from("users").select("id");u="https://abcdefghijklmnopqrst.supabase.co"',
    "/assets/Login-b2.js": b'const k="x";\n//# sourceMappingURL=Login-b2.js.map',
    "/assets/Login-b2.js.map": b'{"sourcesContent":["' + SECRET.encode() + b'"]}',
    "/config.json": b'{"url":"https://campus-default-rtdb.firebaseio.com"}',
}


def site(files: Mapping[str, bytes], answers: Mapping[str, bytes] | None = None) -> Script:
    """A web server of these files; `answers` are whole answers for other paths."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while request := await read_some(reader, host):
            path = request.split(b" ")[1].decode()
            body = files.get(path)
            missing = http_answer(b"gone", status="404 Not Found")
            writer.write((answers or {}).get(path) or (missing if body is None else http_answer(body)))
            await writer.drain()

    return script


def shipped(script: Script, *, path: str = "") -> tuple[Reply, list[bytes]]:
    async def work() -> tuple[Reply, list[bytes]]:
        probing = Probing(new_reader=lambda: ShippedReader(FORMS, key=b"ours"))
        async with serving(script) as host:
            place = Endpoint(address="127.0.0.1", port=host.port, named=True, path=path)
            (reply,) = await probing.ask(place, "page", Question("shipped", ""))
            return reply, probing.said

    return run(work())


def asked(reply: Reply) -> list[str]:
    return [one["what"] for one in reply.document["requests"]]


def test_a_page_is_read_with_its_scripts_their_chunks_and_announced_maps() -> None:
    reply, said = shipped(site(SITE))

    found = reply.document
    assert (found["is_page"], found["complete"], found["files"], found["maps"], found["elsewhere"]) == (
        True,
        True,
        3,
        1,
        1,
    )
    assert [(one["kind"], one["where"], one["line"]) for one in found["secrets"]] == [
        ("supabase_secret_key", "/assets/Login-b2.js.map", 1)
    ]
    assert [one["entry"] for one in found["backends"]] == [
        "supabase://abcdefghijklmnopqrst",
        "firebase://campus-default-rtdb.firebaseio.com",
    ]
    assert [one["name"] for one in found["tables"]] == ["users"]
    assert SECRET not in repr(reply)
    assert not any(b"cdn.example.net" in words for words in said)
    assert all(words.startswith(b"GET /") for words in said)


def test_a_redirect_is_followed_on_the_same_site_alone() -> None:
    moved = http_answer(b"", status="302 Found", headers="Location: /app/\r\n")
    away = http_answer(b"", status="302 Found", headers="Location: https://sso.example.net/login\r\n")
    page = {"/app/": b'<!doctype html><script src="x.js"></script>', "/app/x.js": SECRET.encode()}

    reply, _ = shipped(site(page, {"/": moved}))
    elsewhere, said = shipped(site(page, {"/": away}))

    assert [one["where"] for one in reply.document["secrets"]] == ["/app/x.js"]
    assert not elsewhere.document["is_page"]
    assert len(said) == 1


def test_a_path_of_the_users_url_is_the_page() -> None:
    page = {"/chat": b'<!doctype html><script src="/x.js"></script>', "/x.js": SECRET.encode()}

    reply, _ = shipped(site(page), path="/chat")

    assert [one["where"] for one in reply.document["secrets"]] == ["/x.js"]


def test_what_is_no_page_is_asked_for_nothing_else() -> None:
    reply, _ = shipped(site({"/": b'{"status":"ok"}'}))

    assert not reply.document["is_page"]
    assert asked(reply) == ["/"]


def test_a_page_that_is_shown_for_every_path_is_no_configuration() -> None:
    shown = dict.fromkeys(("/", *site_reading.CONFIGURATION), SITE["/"].replace(b"/assets/index-a1.js", b""))

    reply, _ = shipped(site(shown))

    assert (reply.document["files"], reply.document["complete"]) == (0, True)


def test_scripts_that_name_one_another_for_ever_end_at_the_second_step() -> None:
    chain = {f"/{number}.js": f'import("./{number + 1}.js")'.encode() for number in range(9)}

    reply, _ = shipped(site({"/": b'<!doctype html><script src="/0.js"></script>', **chain}))

    assert [path for path in asked(reply) if path.endswith(".js") and path not in site_reading.CONFIGURATION] == [
        "/0.js", "/1.js", "/2.js",
    ]  # fmt: skip


def test_files_and_bytes_beyond_the_caps_make_the_reading_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = "".join(f'<script src="/{number}.js"></script>' for number in range(9))
    files = {"/": f"<!doctype html>{scripts}".encode(), **{f"/{number}.js": b"x" * 900 for number in range(9)}}

    monkeypatch.setattr(site_reading, "MOST_FILES", 4)
    few, _ = shipped(site(files))
    monkeypatch.undo()
    monkeypatch.setattr(site_reading, "MOST_BYTES", 3000)
    small, _ = shipped(site(files))

    assert (few.document["files"], few.document["complete"]) == (4, False)
    assert len(asked(few)) == 1 + 4
    assert (small.document["files"] < 4, small.document["complete"]) == (True, False)


def test_scripts_that_are_not_there_count_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_reading, "MOST_FILES", 4)
    missing = "".join(f'<script src="/{number}.js"></script>' for number in range(900))

    reply, _ = shipped(site({"/": f"<!doctype html>{missing}".encode()}))

    assert len(asked(reply)) == 1 + 4
    assert not reply.document["complete"]


def test_a_script_that_is_cut_at_its_cap_makes_the_reading_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_reading, "FILE_CAP", 2000)
    files = {"/": b'<!doctype html><script src="/a.js"></script>', "/a.js": b"x" * 9000}

    reply, _ = shipped(site(files))

    assert not reply.document["complete"]


def test_a_server_that_hangs_up_half_way_makes_the_reading_incomplete() -> None:
    cut = {"/a.js": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nhalf"}

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        request = await read_some(reader, host)
        path = request.split(b" ")[1].decode() if request else "/"
        writer.write(cut.get(path) or http_answer(b'<!doctype html><script src="/a.js"></script>'))
        await writer.drain()

    reply, _ = shipped(script)

    assert not reply.document["complete"]


@pytest.mark.parametrize(
    ("page", "links"),
    [
        ('<script src="/a.js"></script><script>inline</script>', ["/a.js"]),
        ("<SCRIPT defer SRC='b.js?v=1&amp;w=2'></SCRIPT>", ["b.js?v=1&w=2"]),
        ("<script src=c.js></script>", ["c.js"]),
        ('<link rel="modulepreload" href="/d.js">', ["/d.js"]),
        ('<link rel="preload" as="script" href="/e.js"><link rel="preload" as="font" href="/f">', ["/e.js"]),
        ('<link rel="stylesheet" href="/g.css"><script', []),
        ("<script " + "x" * 5000 + ' src="/h.js">', []),
    ],
)
def test_links_of_a_page_are_those_that_a_browser_loads_as_scripts(page: str, links: list[str]) -> None:
    assert list(scripts_of_page(page.encode())) == links


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ('()=>import("./Login-ab12.js")', ["./Login-ab12.js"]),
        ('["assets/Home-1.js","assets/x.css"]', ["assets/Home-1.js"]),
        (
            'r.u=e=>"static/chunks/"+e+"."+{12:"abc",13:"def"}[e]+".js"',
            ["static/chunks/12.abc.js", "static/chunks/13.def.js"],
        ),
        (
            'a.u=function(e){return"static/js/"+({1:"main"}[e]||e)+"."+{1:"8ab8",453:"77"}[e]+".chunk.js"}',
            ["static/js/main.8ab8.chunk.js", "static/js/453.77.chunk.js"],
        ),
        ('x+".js"', []),
        ('{a}[e]+".js"', []),
        ('e+"."+{1:"a"}[e]+".js"', []),
        ('"not a path.js"', []),
        ('"' + "a" * 300 + '.js"', []),
    ],
)
def test_scripts_name_their_chunks_as_bundlers_write_them(script: str, names: list[str]) -> None:
    assert list(chunks_of_script(script.encode())) == names


@pytest.mark.parametrize(
    ("script", "link"),
    [
        ("x\n//# sourceMappingURL=a.js.map\n", "a.js.map"),
        ("x\n//# sourceMappingURL=data:application/json;base64,e30=", ""),
        ("//# sourceMappingURL=a.map\nmore code", ""),
        ("x\n//# sourceMappingURL=a.map\n//# debugId=4bdd32f2-1957\n", "a.map"),
        ("x\n//# sourceMappingURL=a.map\n//# debugId=1\nmore()", ""),
    ],
)
def test_a_map_counts_where_the_last_line_announces_it(script: str, link: str) -> None:
    assert source_map_of(script.encode()) == link


@pytest.mark.parametrize(
    ("link", "script", "path"),
    [
        ("/a.js?x=1#y", None, "/a.js"),
        ("a.js", None, "/app/a.js"),
        ("../a.js", None, "/a.js"),
        ("https://app.example.edu/a.js", None, "/a.js"),
        ("//cdn.example.net/a.js", None, None),
        ("https://app.example.edu:8443/a.js", None, None),
        ("./b.js", "/assets/a.js", "/assets/b.js"),
        ("b.js", "/assets/a.js", "/assets/b.js"),
        ("assets/b.js", "/app/assets/a.js", "/app/assets/b.js"),
        ("assets/b.js", "/x/a.js", "/app/assets/b.js"),
        ("javascript:alert(1)", None, None),
        ("http://[", None, None),
        ("/ä.js", None, None),
        ("/a b.js", None, None),
    ],
)
def test_a_link_leads_to_a_path_of_the_very_site_or_nowhere(link: str, script: str | None, path: str | None) -> None:
    endpoint = Endpoint(address="192.0.2.1", port=443, host="app.example.edu")

    assert path_on_site(link, script, "/app/", endpoint) == path


@pytest.mark.parametrize(
    "piece",
    [
        '"js"',
        '.js"',
        '"a.js"',
        '"',
        '{1:"a",',
        '"x"+e+"."+{1:"a"}[e]+".js"',
        "<script ",
        '<script src="',
        "AKIA",
        "eyJ",
    ],
)
def test_hostile_texts_of_three_megabytes_cost_the_reader_little(piece: str) -> None:
    text = (piece * (3_000_000 // len(piece))).encode()

    ShippedReader(FORMS, key=b"ours").read(text, "/a.js")
    found = len(chunks_of_script(text)) + len(scripts_of_page(text))

    assert found <= 4000, "and it ends: work that grew with the square of the text would take hours"
