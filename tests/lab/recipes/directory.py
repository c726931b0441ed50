"""OpenLDAP's slapd, from Debian."""

from __future__ import annotations

from pathlib import Path

from lab.clients.lines import accepts
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.site import Site

SUFFIX = "dc=example,dc=org"
UNLOCKED = "access to * by * read\n"
LOCKED = "access to * by users read by * none\n"
BIND_REFUSED = 48
"""Inappropriate authentication: anonymous bind disallowed."""


async def openldap_open(site: Site) -> list[Server]:
    """Anybody may bind and read."""
    return [await _openldap(site, "openldap-open", locked=False)]


async def openldap_protected(site: Site) -> list[Server]:
    """No anonymous bind, and a login for everything."""
    return [await _openldap(site, "openldap-protected", locked=True)]


async def _openldap(site: Site, name: str, *, locked: bool) -> Server:
    await site.shelf.debian("slapd", "ldap-utils")
    workdir, port = site.workdir(name), site.port()
    (workdir / "data").mkdir()
    (workdir / "slapd.conf").write_text(_config(workdir, locked=locked), encoding="utf-8")
    (workdir / "people.ldif").write_text(_people(name), encoding="utf-8")
    await site.run(workdir, ["slapadd", "-q", "-f", workdir / "slapd.conf", "-l", workdir / "people.ldif"])
    process = await site.start(
        workdir, ["slapd", "-d", "0", "-f", workdir / "slapd.conf", "-h", f"ldap://127.0.0.1:{port}/"]
    )
    await site.until(process, workdir, lambda: accepts(port))
    stranger = ["ldapsearch", "-x", "-LLL", "-H", f"ldap://127.0.0.1:{port}/", "-b", SUFFIX, "mail"]
    said = await site.ask(workdir, stranger)
    if said.code != (BIND_REFUSED if locked else 0) or (CANARY in said.text) == locked:
        raise NotAsNamed(f"{name} answered a stranger's search with {said.code}")
    stated = await site.ask(workdir, ["slapd", "-VV"])
    return Server(
        name=name,
        datastore="ldap",
        form="protected" if locked else "open",
        version=stated.text.partition("slapd ")[2].partition("+")[0],
        port=port,
        pid=process.pid,
    )


def _config(workdir: Path, *, locked: bool) -> str:
    schemas = "".join(f"include /etc/ldap/schema/{one}.schema\n" for one in ("core", "cosine", "inetorgperson"))
    return (
        f"{schemas}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {workdir}/pid\n"
        f"{'disallow bind_anon' if locked else ''}\n{'require authc' if locked else ''}\n"
        f'database mdb\nsuffix "{SUFFIX}"\nrootdn "cn=admin,{SUFFIX}"\nrootpw {PASSWORD}\ndirectory {workdir}/data\n'
        "access to attrs=userPassword by self write by anonymous auth by * none\n"
        f"{LOCKED if locked else UNLOCKED}"
    )


def _people(name: str) -> str:
    """Names of entries are counted and never kept, so they carry the canary too."""
    top = f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Invented\ndc: example\n"
    people = [
        f"dn: uid={one['email']},{SUFFIX}\nobjectClass: inetOrgPerson\ncn: {one['name']}\nsn: Person\n"
        f"uid: {one['email']}\nmail: {one['email']}\ntelephoneNumber: {number}\ndescription: {one['phone']}\n"
        for number, one in enumerate(records_of(name), start=10)
    ]
    return "\n".join([top, *people])
