"""Web roots: what a listing is, and dumps proven by sixteen bytes, without a name in what is told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.probes.protocols.webroot.listing import entries, is_listing
from leakguard.probes.protocols.webroot.magic import is_tar, kind_of
from support.hostile import Host, Script, http_answer, read_some, serving, silence
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

CANARY = "canary-customers"
RANGE = re.compile(rb"range: bytes=(\d+)-(\d+)")
NGINX = """<html><head><title>Index of /</title></head><body><h1>Index of /</h1><hr><pre><a href="../">../</a>
<a href="backup/">backup/</a>          24-Nov-2026 14:25                   -
<a href="index.php">index.php</a>      24-Nov-2026 14:25                  23
<a href="%2Fdump.sql">dump</a>
</pre><hr></body></html>"""
APACHE = """<html><head><title>Index of /old</title></head><body><h1>Index of /old</h1><table>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td></tr>
<tr><td><a href="site.tar.gz">site.tar.gz</a></td><td>2026-11-24 14:25  </td><td align="right">1.5M</td></tr>
<tr><td><a href="logs/">logs/</a></td><td align="right">2026-11-24</td><td>  - </td></tr></table>"""
PYTHON = """<!DOCTYPE HTML><html><head><title>Directory listing for /</title></head><body>
<h1>Directory listing for /</h1><hr><ul><li><a href="a.db">a.db</a></li><li><a href='sub/'>sub/</a></li></ul>"""
LIGHTTPD = """<html><head><title>Index of /</title></head><body><h2>Index of /</h2><table><tbody>
<tr class="d"><td class="n"><a href="../">..</a>/</td><td class="m">&nbsp;</td><td class="s">- &nbsp;</td></tr>
<tr><td class="n"><a href="x.zip">x.zip</a></td><td class="m">2026-Nov-24 14:25:21</td><td class="s">12.0K</td></tr>"""

GO = """<!doctype html>
<meta name="viewport" content="width=device-width">
<pre>
<a href="backups/">backups/</a>
<a href="x.zip">x.zip</a>
</pre>"""
OLD_GO = '<pre>\n<a href="x.zip">x.zip</a>\n</pre>\n'
THEMED = """<html><head><title>Dateien</title></head><body><h1>Unsere Dateien</h1>  <table>
   <tr><th valign="top">&nbsp;</th><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td valign="top">&nbsp;</td><td><a href="x.zip">x.zip</a></td><td align="right">2026-11-28</td><td> 36 </td></tr>"""
IIS = """<html><head><title>www.example.edu - /</title></head><body><H1>www.example.edu - /</H1><hr>\r
\r
<pre>24.11.2026    14:25        &lt;dir&gt; <A HREF="/backup/">backup</A><br> 24.11.2026    14:25         4096 \
<A HREF="/x.zip">x.zip</A><br> 24.11.2026    14:25          168 <A HREF="/web.config">web.config</A><br></pre>"""
MINI_HTTPD = """<html><head><title>Index of ./</title></head><body><h4>Index of ./</h4><pre>
<a href=".">.                               </a>    28Nov2026 03:30           4096
<a href="x.zip">x.zip                   </a>    28Nov2026 03:30             36\n</pre>"""
TOMCAT = """<html lang="en"><head><title>Directory Listing For [/]</title></head><body><h1>Directory Listing For [/]
<td align="left">&nbsp;&nbsp;
<a href="/x.zip"><tt>x.zip</tt></a></td>
<td align="right"><tt>10.0 KiB</tt></td>"""
JETTY = """<title>Directory: /</title></head><body><h1 class="title">Directory: /</h1><table class="listing"><tr>
<td class="name"><a href="/x.zip">x.zip&nbsp;</a></td><td class="size">10,240 bytes&nbsp;</td></tr>"""
UPDOG = """<title>updog - /srv</title><h2>Directory: /srv</h2><td><a href="/../"><button>back</button></a></td>
<td><a href="/x.zip">x.zip</a></td><td>
 36 Bytes</td>"""
UNDERTOW = """<table id='thetable'><thead><tr><th class='loc' colspan='3'>Directory Listing - /</th></tr></thead>
<tr class='odd'><td><a class='icon file' href='/x.zip'>x.zip</a></td><td>Nov 28, 2026 03:30:06</td><td>36</td></tr>"""
WEBFS = """<head><title>127.0.0.1:8000/</title></head><body bgcolor=white><h1>listing: \n<a href="/">/</a></h1><pre>
-rw-r--r--  root      root      Nov 28 03:30    36  B  <a href="x.zip">x.zip</a>"""
NGINX_JSON = """[\r\n{ "name":"backup", "type":"directory", "mtime":"Sat, 28 Nov 2026 03:30:06 GMT" },
{ "name":"ü b.zip", "type":"file", "mtime":"Sat, 28 Nov 2026 03:30:06 GMT", "size":36 }\r\n]"""
NGINX_XML = """<?xml version="1.0"?>\r\n<list>\r\n<directory mtime="2026-11-28T03:30:06Z">backup</directory>
<file mtime="2026-11-28T03:30:06Z" size="36">a&amp;b.zip</file>\r\n</list>"""
CADDY = """[{"name":"backup/","size":4096,"url":"./backup/","mod_time":"2026-11-28T03:30:06Z","mode":2147484141,\
"is_dir":true,"is_symlink":false},{"name":"x.zip","size":36,"url":"./x.zip","mod_time":"2026-11-28T03:30:06Z",\
"mode":420,"is_dir":false,"is_symlink":false}]"""
CUT_CADDY = CADDY.removesuffix("}]") + '},{"name":"y.zip","si'
SERVE = """{"files":[{"root":"/","dir":"/srv","base":"backup/","ext":"","name":"backup","relative":"/backup/",\
"type":"folder","title":"backup/"},{"root":"/","dir":"/srv","base":"x.zip","ext":"zip","name":"x","relative":"/x.zip","type":"file",\
"size":"36 B","title":"x.zip"}],"directory":"srv/","paths":[]}"""


@pytest.mark.parametrize(
    ("page", "folder", "links", "size"),
    [
        (NGINX, "/", ["backup/", "index.php", "%2Fdump.sql"], 23),
        (APACHE, "/old/", ["site.tar.gz", "logs/"], int(1.5 * 1024 * 1024)),
        (PYTHON, "/", ["a.db", "sub/"], None),
        (LIGHTTPD, "/", ["x.zip"], 12 * 1024),
        (GO, "/", ["backups/", "x.zip"], None),
        (OLD_GO, "/", ["x.zip"], None),
        (THEMED, "/", ["x.zip"], 36),
        (IIS, "/", ["backup/", "x.zip", "web.config"], None),
        (MINI_HTTPD, "/", ["x.zip"], 36),
        (TOMCAT, "/", ["x.zip"], None),
        (JETTY, "/", ["x.zip"], None),
        (UPDOG, "/", ["x.zip"], None),
        (UNDERTOW, "/", ["x.zip"], 36),
        (WEBFS, "/", ["x.zip"], None),
        (NGINX_JSON, "/", ["backup/", "%C3%BC%20b.zip"], 36),
        (NGINX_XML, "/", ["backup/", "a%26b.zip"], 36),
        (CADDY, "/", ["backup/", "x.zip"], 36),
        (CUT_CADDY, "/", ["backup/", "x.zip"], 36),
        (SERVE, "/", ["backup/", "x.zip"], None),
    ],
)
def test_listings_of_each_server_are_read(page: str, folder: str, links: list[str], size: int | None) -> None:
    found = entries(page.encode(), folder)

    assert is_listing(page.encode())
    assert [entry.link for entry in found] == links
    assert next((entry.size for entry in found if entry.size is not None), None) == size


@pytest.mark.parametrize(
    "link",
    [
        "../",
        "./",
        "/",
        "?C=N",
        "#top",
        "/etc/passwd",
        "//evil.example.org/x",
        "http://evil.example.org/x.sql",
        "a/b.sql",
        "javascript:x",
        "mailto:a@example.org",
        "a\x07b.sql",
        "caf\xe9.sql",
        "",
    ],
)  # fmt: skip  (a list of words)
def test_links_that_lead_elsewhere_are_not_entries(link: str) -> None:
    page = f'<title>Index of /</title><a href="{link}">x</a>'

    assert entries(page.encode("latin-1"), "/") == ()


def test_links_with_the_folders_own_path_are_entries() -> None:
    found = entries(b'<a href="/backup/a.bak?download=1">a</a><a HREF = /backup/b.sql>b</a>', "/backup/")

    assert [entry.link for entry in found] == ["a.bak", "b.sql"]


def test_a_listing_without_an_end_stops_at_five_thousand_entries() -> None:
    page = "".join(f'<a href="f{number}.sql">x</a>' for number in range(9000)).encode()

    assert len(entries(page, "/")) == 5000


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<title>Shop</title>Index of /",
        b"<a>Index of /</a>",
        b"x" * 20000 + b"<title>Index of /</title>",
        b"<html><head><title>Shop - /</title></head><body><h1>Another - /</h1><hr>",
        b"<html><body><pre><a href='x'>x</a></pre>",
        b'[{"name": "a", "type": "b"}]',
        b'{"files": [], "directory": ""}',
        b'{"files": 7, "directory": ""}',
        b'[{"name": 1, "type": "file", "mtime": 1}, 7]',
        b"[" * 100_000,
        b"[" * 4000,
        b'[{"name": 1,',
        b"{}",
    ],
)
def test_other_pages_are_not_listings(page: bytes) -> None:
    assert not is_listing(page)


@pytest.mark.parametrize(
    ("first", "link", "kind"),
    [
        (b"-- MySQL dump 10", "a.sql", "mysql_dump"),
        (b"-- MariaDB dump ", "a.sql", "mysql_dump"),
        (b"--\n-- PostgreSQL", "a.sql", "postgresql_dump"),
        (b"-- phpMyAdmin SQL Dump"[:16], "a.sql", "mysql_dump"),
        (b"--\r\n-- PostgreSQL d"[:16], "a.sql", "postgresql_dump"),
        (b"/*!999999\\- enabl", "a.sql", "mysql_dump"),
        (b"PRAGMA foreign_keys"[:16], "a.sql", "sql"),
        (b"BZh91AY&SY", "a.sql.bz2", "bzip2"),
        (b"\xfd7zXZ\x00", "a.tar.xz", "xz"),
        (b"\x28\xb5\x2f\xfd", "a.sql.zst", "zstd"),
        (b"Rar!\x1a\x07\x01", "a.rar", "rar"),
        (b"PGDMP\x01\x0e\x00", "a.dump", "pgdmp"),
        (b"SQLite format 3\x00", "a.db", "sqlite"),
        (b"\x1f\x8b\x08\x00", "a.tgz", "gzip"),
        (b"PK\x03\x04", "a.zip", "zip"),
        (b"7z\xbc\xaf\x27\x1c", "a.7z", "7z"),
        (b"CREATE TABLE `a`", "a.sql", "sql"),
        (b"\x40\x00\x00\x00\x07_id\x00", "a.bson", "bson"),
        (b"\x40\x00\x00\x00\x07_id\x00", "a.bin", None),
        (b"\x40\x00", "a.bson", None),
        (b"\x40\x00\x00\x00\x77", "a.bson", None),
        (b"<html><body>404<", "a.sql", None),
        (b"", "a.sql", None),
    ],
)
def test_the_first_bytes_tell_the_kind(first: bytes, link: str, kind: str | None) -> None:
    assert kind_of(first, link) == kind


def test_a_tar_says_so_at_byte_257() -> None:
    assert is_tar(b"ustar\x0000")
    assert not is_tar(b"<html>")


def page(*links: str) -> bytes:
    rows = "".join(f'<a href="{link}">{link}</a>   24-Nov-2026 14:25   99\n' for link in links)
    return f'<title>Index of /</title><h1>Index of /</h1><a href="../">../</a>\n{rows}'.encode()


def web(files: Mapping[str, bytes], *, ranges: bool = True) -> Script:
    """A server of static files; 404 for the rest, and pages for paths that end in a slash."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            method, path = asked.split(b" ")[0], asked.split(b" ")[1].decode()
            body, span = files.get(path), RANGE.search(asked)
            if body is None:
                answer = http_answer(b"no", status="404 Not Found")
            elif method == b"HEAD":
                answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            elif span and ranges:
                start, end = int(span.group(1)), int(span.group(2))
                total = f"Content-Range: bytes {start}-{end}/{len(body)}\r\n"
                answer = http_answer(body[start : end + 1], status="206 Partial Content", headers=total)
            else:
                answer = http_answer(body)
            writer.write(answer)
            await writer.drain()

    return script


def falling_silent_after(answers: int, files: Mapping[str, bytes] = MappingProxyType({})) -> Script:
    """A web server with these files that answers so many questions, over all of its lines, and then none."""
    left = [answers]

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while left[0] > 0:
            said = (await read_some(reader, host)).decode()
            if not said:
                return
            left[0] -= 1
            body = files.get(said.split(" ")[1])
            answer = http_answer(body or b"", status="200 OK" if body is not None else "404 Not Found")
            writer.write(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if said.startswith("HEAD") else answer)
            await writer.drain()
        await asyncio.sleep(60)

    return script


def ask(script: Script, *questions: Question) -> tuple[list[Reply], Probing]:
    async def work() -> tuple[list[Reply], Probing]:
        probing = Probing()
        async with serving(script) as host:
            return await probing.ask(host.endpoint(), "webroot", *questions), probing

    return run(work())


DUMP = b"-- MySQL dump 10.19\nINSERT INTO c VALUES ('canary secret person');\n" * 100
TAR = b"\0" * 257 + b"ustar\x0000" + b"\0" * 300
FILES = {
    "/": page(f"{CANARY}.sql", f"{CANARY}.tar", "readme.txt", f"{CANARY}-folder/", "empty/"),
    f"/{CANARY}.sql": DUMP,
    f"/{CANARY}.tar": TAR,
    f"/{CANARY}-folder/": page("a.zip", "page.db", "gone.bak", "deeper/"),
    f"/{CANARY}-folder/a.zip": b"PK\x03\x04" + b"canary" * 50,
    f"/{CANARY}-folder/page.db": b"<html>canary</html>",
    "/empty/": b"<title>Shop</title>",
}


@pytest.mark.parametrize("ranges", [True, False])
def test_dumps_are_proven_by_their_first_bytes_and_told_without_names(*, ranges: bool) -> None:
    [listing, dumps], probing = ask(web(FILES, ranges=ranges), Question("listing", "/"), Question("dumps", "/"))

    assert {name: listing.document[name] for name in ("is_listing", "entries", "folders", "dump_candidates")} == {
        "is_listing": True,
        "entries": 5,
        "folders": 2,
        "dump_candidates": 2,
    }
    assert dumps.document["dumps"] == [
        {"kind": "mysql_dump", "bytes": len(DUMP)},
        {"kind": "tar", "bytes": len(TAR)},
        {"kind": "zip", "bytes": 304},
    ]
    assert dumps.document["bytes"] == len(DUMP) + len(TAR) + 304
    assert dumps.document["complete"] is True
    assert "canary" not in repr([listing.document, dumps.document])
    assert {inner["what"] for inner in dumps.document["requests"]} == {
        "/",
        "/<file 1>",
        "/<file 2>",
        "/<folder 1>/",
        "/<folder 1>/<file 1>",
        "/<folder 1>/<file 2>",
        "/<folder 1>/<file 3>",
        "/<folder 2>/",
    }  # fmt: skip  (a set of words)
    assert all(said.split(b" ")[0] in (b"GET", b"HEAD") for said in probing.said)


def test_no_more_than_sixteen_bytes_of_a_file_are_kept() -> None:
    """A server that ignores the range sends the whole file; the rest of it is cut off."""
    big = {"/": page("big.sql"), "/big.sql": b"-- MySQL dump" + b"x" * 5_000_000}

    [reply], _ = ask(web(big, ranges=False), Question("dumps", "/"))

    assert reply.document["dumps"] == [{"kind": "mysql_dump", "bytes": 5_000_013}]
    assert reply.size_bytes < 100_000


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        (http_answer(b"<!doctype html>"), True),
        (http_answer(b"<h1>hi</h1>", headers="Content-Type: text/html; charset=utf-8\r\n"), True),
        (http_answer(b"ok", headers="Content-Type: text/plain\r\n"), False),
        (http_answer(b"A_PASSWORD=x\n"), False),
    ],
)
def test_a_page_for_a_path_that_cannot_exist_is_told_from_a_file(answer: bytes, *, holds: bool) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(answer)

    [reply], _ = ask(script, Question("nonsense", "/q7"))

    assert reply.document["is_page"] is holds


def test_at_most_twenty_files_and_ten_folders_are_asked_about() -> None:
    files = {"/": page(*[f"f{number}.sql" for number in range(30)], *[f"d{number}/" for number in range(15)])}
    files |= {f"/f{number}.sql": DUMP for number in range(30)}

    [reply], probing = ask(web(files), Question("dumps", "/"))

    assert len(reply.document["dumps"]) == 20
    assert reply.document["complete"] is False
    assert len(probing.said) == 1 + 10 + 2 * 20


@pytest.mark.parametrize(
    ("files", "complete"),
    [
        ({"/": page("a/"), "/a/": page("x.txt")}, True),
        ({"/": page(*[f"a-long-name-of-a-picture-{number}.jpg" for number in range(4000)])}, False),
        ({"/": page("a/"), "/a/": page(*[f"a-long-name-of-a-picture-{number}.jpg" for number in range(4000)])}, False),
        ({"/": page(*[f"d{number}/" for number in range(11)])}, False),
    ],
)
def test_a_list_of_which_a_part_was_not_seen_is_told_as_that(files: dict[str, bytes], *, complete: bool) -> None:
    """That no dump was found among its files was said of the first 256 KiB of them."""
    [reply], _ = ask(web(files), Question("dumps", "/"))

    assert (reply.document["dumps"], reply.document["complete"]) == ([], complete)


def test_a_path_that_cannot_exist_is_told_by_status_alone() -> None:
    """It is asked for only where the first file that is asked for anyway does not tell as much."""
    [reply], _ = ask(web({"/": page("x")}), Question("nonsense", "q7"))
    [behind], _ = ask(web({"/": page("x"), "/backup.sql": b"x"}), Question("nonsense", "q7"))

    assert (reply.status, reply.document["status"], reply.document["is_listing"]) == (404, 404, False)
    assert [inner["what"] for inner in reply.document["requests"]] == ["/backup.sql"]
    assert (behind.status, behind.document["status"], behind.document["is_listing"]) == (404, 404, False)
    assert [inner["what"] for inner in behind.document["requests"]] == ["/backup.sql", "/<nonsense>"]


def test_a_page_that_is_no_listing_has_no_entries() -> None:
    [listing, dumps], _ = ask(
        web({"/": b"<title>Shop</title><a href='a.sql'>x</a>"}), Question("listing"), Question("dumps")
    )

    assert (listing.document["is_listing"], listing.document["entries"], listing.document["bytes_shown"]) == (
        False,
        0,
        None,
    )
    assert (dumps.document["dumps"], dumps.document["bytes"]) == ([], 0)


@pytest.mark.parametrize("method", ["known_dumps", "repositories", "secrets"])
def test_what_was_not_answered_is_not_said_to_be_absent(method: str) -> None:
    """The first files are not there, and about a later one the host says nothing more."""
    [reply], _ = ask(falling_silent_after(3), Question(method))

    assert (reply.ended, reply.document) == (Ending.SILENT, None)


def saying(status: str) -> Script:
    """Something that gives every question the same answer, whatever stands behind it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while await read_some(reader, host):
            writer.write(http_answer(b"", status=status))
            await writer.drain()

    return script


@pytest.mark.parametrize("status", ["503 Later", "511 Network Authentication Required", "522 Connection timed out"])
def test_what_a_network_or_a_proxy_says_in_place_of_the_server_is_not_said_to_be_absent(status: str) -> None:
    [reply], _ = ask(saying(status), Question("secrets"))

    assert (reply.status, reply.document) == (int(status[:3]), None)


def test_what_was_found_counts_though_a_later_question_is_not_answered() -> None:
    [reply], _ = ask(falling_silent_after(4, {"/backup.sql": DUMP}), Question("known_dumps"))

    assert (reply.ended, len(reply.document["dumps"])) == (Ending.COMPLETE, 1)


@pytest.mark.parametrize("method", ["listing", "nonsense", "dumps"])
def test_a_silent_server_gives_no_document(method: str) -> None:
    [reply], _ = ask(silence(), Question(method, "/"))

    assert (reply.ended, reply.document) == (Ending.SILENT, None)


def test_a_folder_that_is_named_is_asked_as_a_root_is() -> None:
    inside = {f"/shop{path}": body for path, body in FILES.items()} | {
        "/shop/.env": b"DB_PASSWORD=x\n",
        "/shop/backup.sql": DUMP,
    }
    questions = [
        Question(method, what)
        for method, what in (
            ("listing", "/shop/"),
            ("nonsense", "/shop/nothing-here"),
            ("dumps", "/shop"),
            ("known_dumps", "/shop"),
            ("secrets", "/shop"),
        )
    ]

    (listing, nonsense, dumps, known, secrets), _ = ask(web(inside), *questions)

    assert listing.document["is_listing"]
    assert nonsense.status == 404
    assert [dump["kind"] for dump in dumps.document["dumps"]] == ["mysql_dump", "tar", "zip"]
    assert [dump["kind"] for dump in known.document["dumps"]] == ["mysql_dump"]
    assert (secrets.document["files"], secrets.document["secrets"]) == (1, 1)
