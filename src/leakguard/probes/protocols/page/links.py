"""Links to scripts: in a page, in scripts of the usual bundlers, and to source maps; bounded whatever a host sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from leakguard.models.targets import Endpoint, origins_of

_TAG = re.compile(rb"<(script|link)\b", re.IGNORECASE)
_LONGEST_TAG = 4096
_ATTRIBUTE = re.compile(
    rb"""\b(src|href|rel|as)\s{0,8}=\s{0,8}(?:"([^"]{0,1024})"|'([^']{0,1024})'|([^\s"'>]{1,1024}))""", re.IGNORECASE
)
_BASE = re.compile(rb"<base\b[^>]{0,1024}?\bhref\s{0,8}=\s{0,8}[\"']?([^\s\"'>]{1,1024})", re.IGNORECASE)
_SCRIPT_RELS = frozenset({b"modulepreload", b"preload", b"prefetch"})
_NAME = re.compile(
    rb"(?:\.{1,2}/|/)?[A-Za-z0-9_@~][A-Za-z0-9_@~./-]{0,199}\.m?js\Z|\.{0,2}/[A-Za-z0-9_@~./-]{1,199}\.m?js\Z"
)
_LONGEST_NAME = 210
_AFTER_MAP = re.compile(rb"\}\)?\[\w{1,3}\]\s?\+\s?\Z")
_BEFORE_MAP = re.compile(
    rb"""(?P<names>\}\[\w{1,3}\]\s?\|\|\s?)?(?P<one>\w{1,3})\)?\s?\+\s?["'](?P<middle>[.-])["']\s?\+\s?\(?\Z"""
)
_OPENING = re.compile(rb"""["'](?P<before>[A-Za-z0-9_@~./-]{0,100})["']\s?\+\s?\(?\{?\Z""")
"""The parts around the maps by which webpack names its chunks: `"static/js/"+e+"."+{453:"8ab8a34e"}[e]+".chunk.js"`."""
_PAIR = re.compile(rb"""["']?([A-Za-z0-9_/~-]{1,80})["']?:\s?["']([A-Za-z0-9_/~.-]{1,80})["']""")
_REACH = 20_000
_MOST_MAPS = 50
MOST_LINKS = 2000
_ANNOUNCED = re.compile(rb"//[#@] sourceMappingURL=([^\s'\"]{1,300})\s*(?://# [A-Za-z]{1,20}=[^\s]{1,100}\s*){0,3}\Z")
"""In the last line; bundlers of mobile apps write the name of the build behind it."""
_TAIL = 512
_SITE = "site.invalid"
"""Stands for the site while links are resolved."""
_HOST = re.compile(r"[a-z0-9._-]{1,253}(?::[0-9]{1,5})?|\[[0-9a-f:]{2,45}\](?::[0-9]{1,5})?")


def scripts_of_page(page: bytes) -> tuple[str, ...]:
    """What a page loads as a script, in its order, as it stands there; against its own base, where it states one."""
    found: dict[str, None] = {}
    base = _BASE.search(page)
    for tag in _TAG.finditer(page):
        end = page.find(b">", tag.end(), tag.end() + _LONGEST_TAG)
        link = _of_tag(tag[1].lower(), page[tag.end() : end]) if end >= 0 else ""
        if link:
            found[_against(base, link)] = None
        if len(found) == MOST_LINKS:
            break
    return tuple(found)


def _against(base: re.Match[bytes] | None, link: str) -> str:
    try:
        return link if base is None else urljoin(_text(base[1]), link)
    except ValueError:
        return link


def _of_tag(name: bytes, text: bytes) -> str:
    attributes = {match[1].lower(): match[2] or match[3] or match[4] or b"" for match in _ATTRIBUTE.finditer(text)}
    if name == b"script":
        return _text(attributes.get(b"src", b""))
    rels = set(attributes.get(b"rel", b"").lower().split())
    is_script = b"modulepreload" in rels or (rels & _SCRIPT_RELS and attributes.get(b"as", b"").lower() == b"script")
    return _text(attributes.get(b"href", b"")) if is_script else ""


def _text(value: bytes) -> str:
    return unescape(value.decode("utf-8", "replace")).strip()


def chunks_of_script(script: bytes) -> tuple[str, ...]:
    """The names of further scripts in one: whole names in quotes, and those that webpack puts together."""
    found = dict.fromkeys(_whole_names(script))
    tried, at = 0, script.find(b'.js"')
    while at >= 0 and tried < _MOST_MAPS:
        start = script.rfind(b'"', max(0, at - _LONGEST_NAME), at)
        if start >= 0 and script[start - 1 : start] in (b"+", b" "):
            tried += 1
            found.update(dict.fromkeys(_made_names(script[max(0, start - _REACH) : start], script[start + 1 : at + 3])))
        at = script.find(b'.js"', at + 1)
    return tuple(found)[:MOST_LINKS]


def _whole_names(script: bytes) -> Iterator[str]:
    at, count = script.find(b"js"), 0
    while at >= 0 and count < MOST_LINKS:
        end = at + 2
        if script[end : end + 1] in (b'"', b"'", b"`") and script[at - 1 : at] in (b".", b"m"):
            start = max(script.rfind(script[end : end + 1], max(0, at - _LONGEST_NAME), at), -1) + 1
            name = script[start:end] if start else b""
            if _NAME.match(name):
                count += 1
                yield name.decode("ascii")
        at = script.find(b"js", end)


def _made_names(head: bytes, behind: bytes) -> Iterator[str]:
    """The names that webpack makes of the map at the end of `head`, each ending in `behind`."""
    closed = _AFTER_MAP.search(head, max(0, len(head) - 16))
    opened = head.rfind(b"{", 0, closed.start()) if closed else -1
    if closed is None or opened < 0:
        return
    between = _BEFORE_MAP.search(head, max(0, opened - 32), opened)
    if between is None:
        return
    names, end = b"", between.start("one")
    if between["names"]:
        end = head.rfind(b"{", 0, between.start())
        names = head[max(0, end) : between.start()]
    opening = _OPENING.search(head, max(0, end - 120), max(0, end))
    if opening is None:
        return
    named = {pair[1]: pair[2] for pair in _PAIR.finditer(names)}
    for pair in _PAIR.finditer(head[opened : closed.start()]):
        parts = (opening["before"], named.get(pair[1], pair[1]), between["middle"], pair[2], behind)
        yield b"".join(parts).decode("ascii", "replace")


def source_map_of(script: bytes) -> str:
    """The source map that a script announces in its last line; empty where it announces none, or holds it itself."""
    found = _ANNOUNCED.search(script, max(0, len(script) - _TAIL))
    link = found[1].decode("ascii", "replace") if found else ""
    return "" if link.startswith("data:") else link


def other_host(link: str, endpoint: Endpoint) -> str:
    """The host and port that a link leads to if they are not those of `endpoint`, or an empty text."""
    try:
        parts = urlsplit(urljoin(f"http://{_SITE}/", link))
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
    is_other = parts.scheme in {"http", "https"} and host not in {"", _SITE, *origins_of(endpoint)}
    return host if is_other and _HOST.fullmatch(host) else ""


def path_on_site(link: str, of_script: str | None, page: str, endpoint: Endpoint) -> str | None:
    """The path of a link on the very site of `endpoint`; nothing where it leads elsewhere, or is no path.

    `of_script` is the path of the script that names it, or `None` for a link of the page at `page`.
    """
    if of_script is not None and not link.startswith((".", "/", "http:", "https:")):
        base = _base_of_name(link, of_script, page)
    else:
        base = of_script or page
    try:
        parts = urlsplit(urljoin(f"http://{_SITE}{base}", link))
        is_own = parts.hostname == _SITE or parts.netloc.lower() in origins_of(endpoint)
    except ValueError:
        return None
    path = parts.path
    is_path = parts.scheme in {"http", "https"} and path.startswith("/") and path.isascii() and path.isprintable()
    return path if is_own and is_path and " " not in path else None


def _base_of_name(link: str, of_script: str, page: str) -> str:
    """Bundlers name chunks from the root of what they built: `/_next/` where the script lies below `/_next/static/`."""
    first, is_deep, _ = link.partition("/")
    if not is_deep:
        return of_script
    at = of_script.rfind(f"/{first}/")
    return of_script[: at + 1] if at >= 0 else page
