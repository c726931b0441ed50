"""States between open and shut: a stranger's own role that may read a part, and one open place among locked ones."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.lines import Redis, accepts, dialogue, first_bytes
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.recipes.asked import Place, debian_version, place
from lab.site import Site

_READS = ("~*", "&*", "-@all", "+@read", "+@connection")
_GREETS = ("resetkeys", "-@all", "+@connection")
_SUFFIX = "dc=example,dc=org"
_PUBLIC = f"ou=public,{_SUFFIX}"


async def redis_read_only(site: Site) -> list[Server]:
    """Whoever comes may read every key, and neither write one nor see how the server runs."""
    return [await _redis(site, "redis-read-only-open", _READS)]


async def redis_greets(site: Site) -> list[Server]:
    """Whoever comes is greeted, and may do nothing else."""
    return [await _redis(site, "redis-greets-protected", _GREETS)]


async def _redis(site: Site, name: str, stranger: tuple[str, ...]) -> Server:
    await site.shelf.debian("redis")
    where = place(site, name)
    users = ["--user", "default", "on", "nopass", *stranger, "--user", "owner", "on", f">{PASSWORD}", "~*", "+@all"]
    fixed = ["--bind", "127.0.0.1", "--save", "", "--dir", str(where.workdir), "--protected-mode", "no"]
    process = await site.start(where.workdir, ["redis-server", "--port", str(where.port), *fixed, *users])
    anybody = Redis(port=where.port)
    await site.until(process, where.workdir, lambda: anybody.ask("PING") == "+PONG")
    for one in records_of(name):
        words = [
            "redis-cli",
            "-p",
            str(where.port),
            "--user",
            "owner",
            "-a",
            PASSWORD,
            "SET",
            one["email"],
            one["name"],
        ]
        if "OK" not in (await site.ask(where.workdir, words)).text:
            raise NotHad(f"{name} took no record")
    key = records_of(name)[0]["email"]
    said = [await asyncio.to_thread(anybody.ask, *words) for words in (("GET", key), ("SET", "a", "b"), ("INFO",))]
    reads = said[0] == records_of(name)[0]["name"]
    if reads is not where.is_open or not all(each.startswith("-NOPERM") for each in said[1:]):
        raise NotAsNamed(f"{name} answered a stranger with {said}")
    version = await debian_version(site.shelf, "redis")
    return _row(where, "redis", version, process.pid, records=3 if where.is_open else None)


async def mosquitto_one_open(site: Site) -> list[Server]:
    """Whoever comes may hear one branch of topics, and neither the others nor how the broker runs."""
    await site.shelf.debian("mosquitto", "mosquitto-clients")
    where = place(site, "mosquitto-one-open")
    (where.workdir / "acl").write_text("topic read press/#\n\nuser lab\ntopic readwrite #\n", encoding="utf-8")
    await site.run(where.workdir, ["mosquitto_passwd", "-b", "-c", where.workdir / "users", "lab", PASSWORD])
    (where.workdir / "conf").write_text(
        f"listener {where.port} 127.0.0.1\nallow_anonymous true\npassword_file {where.workdir}/users\n"
        f"acl_file {where.workdir}/acl\npersistence false\n",
        encoding="utf-8",
    )
    process = await site.start(where.workdir, ["mosquitto", "-c", where.workdir / "conf"])
    await site.until(process, where.workdir, lambda: accepts(where.port))
    at = ["-h", "127.0.0.1", "-p", str(where.port)]
    for topic in ("press", "accounts"):
        for number, one in enumerate(records_of(where.name)):
            words = ["mosquitto_pub", *at, "-u", "lab", "-P", PASSWORD, "-r", "-q", "1", "-t", f"{topic}/{number}"]
            await site.ask(where.workdir, [*words, "-m", one["email"]])
    said = await site.ask(where.workdir, ["mosquitto_sub", *at, "-v", "-W", "3", "-t", "press/#", "-t", "accounts/#"])
    if said.text.count(CANARY) != len(records_of(where.name)) or "accounts/" in said.text:
        raise NotAsNamed(f"{where.name} told a stranger {said.text[-200:]}")
    return [_row(where, "mqtt", await debian_version(site.shelf, "mosquitto"), process.pid)]


async def rsync_one_open(site: Site) -> list[Server]:
    """One module for everybody beside one with logins; both are listed."""
    await site.shelf.debian("rsync")
    where = place(site, "rsync-one-open")
    _lay(where, "public", records_of(where.name))
    _lay(where, "locked", records_of(where.name))
    (where.workdir / "logins").write_text(f"lab:{PASSWORD}\n", encoding="utf-8")
    (where.workdir / "logins").chmod(0o600)
    lock = f"auth users = lab\nsecrets file = {where.workdir}/logins\n"
    (where.workdir / "conf").write_text(
        f"port = {where.port}\naddress = 127.0.0.1\nuse chroot = no\nread only = yes\n"
        f"[accounts]\npath = {where.workdir}/locked\n{lock}[press]\npath = {where.workdir}/public\n",
        encoding="utf-8",
    )
    process = await site.start(
        where.workdir, ["rsync", "--daemon", "--no-detach", f"--config={where.workdir / 'conf'}"]
    )
    await site.until(process, where.workdir, lambda: first_bytes(where.port).startswith(b"@RSYNCD:"))
    said = {
        module: (await asyncio.to_thread(dialogue, where.port, f"@RSYNCD: 31.0\n{module}"))[1]
        for module in ("accounts", "press")
    }
    if not (said["press"].startswith("@RSYNCD: OK") and said["accounts"].startswith("@RSYNCD: AUTHREQD")):
        raise NotAsNamed(f"{where.name} answered a stranger with {said}")
    return [_row(where, "rsync", await debian_version(site.shelf, "rsync"), process.pid)]


async def openldap_one_open(site: Site) -> list[Server]:
    """One branch for everybody; the people beside it are for those who log in."""
    return [await _openldap(site, "openldap-one-open")]


async def openldap_root_protected(site: Site) -> list[Server]:
    """Everybody may bind and see what the server is, and no entry."""
    return [await _openldap(site, "openldap-root-protected")]


async def _openldap(site: Site, name: str) -> Server:
    await site.shelf.debian("slapd", "ldap-utils")
    where = place(site, name)
    workdir = where.workdir
    (workdir / "data").mkdir()
    schemas = "".join(f"include /etc/ldap/schema/{one}.schema\n" for one in ("core", "cosine", "inetorgperson"))
    branch = (
        f'access to dn.base="{_SUFFIX}" by * read\naccess to dn.subtree="{_PUBLIC}" by * read\n'
        if where.is_open
        else ""
    )
    (workdir / "slapd.conf").write_text(
        f"{schemas}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {workdir}/pid\n"
        f'database mdb\nsuffix "{_SUFFIX}"\nrootdn "cn=admin,{_SUFFIX}"\nrootpw {PASSWORD}\ndirectory {workdir}/data\n'
        f"{branch}access to * by users read by * none\n",
        encoding="utf-8",
    )
    (workdir / "people.ldif").write_text(_entries(name), encoding="utf-8")
    await site.run(workdir, ["slapadd", "-q", "-f", workdir / "slapd.conf", "-l", workdir / "people.ldif"])
    url = f"ldap://127.0.0.1:{where.port}/"
    process = await site.start(workdir, ["slapd", "-d", "0", "-f", workdir / "slapd.conf", "-h", url])
    await site.until(process, workdir, lambda: accepts(where.port))
    said = (await site.ask(workdir, ["ldapsearch", "-x", "-LLL", "-H", url, "-b", _SUFFIX, "mail"])).text
    shown = said.count("mail: ")
    if shown != (3 if where.is_open else 0) or "locked" in said:
        raise NotAsNamed(f"{name} showed a stranger {shown} people")
    return _row(where, "ldap", await debian_version(site.shelf, "slapd"), process.pid)


def _entries(name: str) -> str:
    """Three people in the open branch, three in another."""
    top = [f"dn: {_SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Invented\ndc: example\n"]
    top += [f"dn: ou={each},{_SUFFIX}\nobjectClass: organizationalUnit\nou: {each}\n" for each in ("public", "locked")]
    people = [
        f"dn: cn={one['name']},ou={branch},{_SUFFIX}\nobjectClass: inetOrgPerson\ncn: {one['name']}\nsn: Person\n"
        f"mail: {one['email']}\n"
        for branch in ("public", "locked")
        for one in records_of(name)
    ]
    return "\n".join([*top, *people])


def _lay(where: Place, folder: str, rows: list[dict[str, str]]) -> None:
    home: Path = where.workdir / folder
    home.mkdir()
    for number, one in enumerate(rows):
        (home / f"{CANARY}-{number}.json").write_text(json.dumps(one), encoding="utf-8")


def _row(where: Place, datastore: str, version: str, pid: int, *, records: int | None = None) -> Server:
    form = "open" if where.is_open else "protected"
    return Server(
        name=where.name, datastore=datastore, form=form, version=version, port=where.port, records=records, pid=pid
    )  # fmt: skip
