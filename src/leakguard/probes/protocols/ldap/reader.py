"""LDAP (RFC 4511): what a directory answers to a stranger, in codes and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled
from leakguard.probes.protocols.ldap.ber import Element, children, content, element_at, integer

_MESSAGE, _NUMBER, _ENUMERATED = 0x30, 0x02, 0x0A
_BIND_DONE, _ENTRY, _SEARCH_DONE, _REFERENCE, _EXTENDED, _INTERMEDIATE = 0x61, 0x64, 0x65, 0x73, 0x78, 0x79
_MORE_FOLLOWS = frozenset({_ENTRY, _REFERENCE, _INTERMEDIATE})
_DONE = frozenset({_BIND_DONE, _SEARCH_DONE, _EXTENDED})
"""An extended response without a request is the server's notice of disconnection (4.4.1)."""
_LARGEST_MESSAGE = 256 * 1024
_MOST_MESSAGES = 64
_LONGEST_TEXT = 1024
_PAIR = 2
_OWN_CONTEXTS = ("cn=config", "cn=schema", "cn=monitor", "cn=changelog", "ou=schema", "ou=system", "cn=subschema")
"""Contexts that hold the server's own affairs, not those of its owner; `cn=config` also begins `cn=configuration`."""


@dataclass(slots=True, kw_only=True)
class LdapAnswer:
    """What the messages of one answer held together."""

    code: int | None = None
    """The result code of the last message (RFC 4511, appendix A)."""
    entries: int = 0
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the root DSE, by their names in small letters."""


class LdapReader(Buffered):
    """Messages up to the one that ends the operation."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._operations: list[Element] = []

    def measure(self) -> int:
        """Walks over the messages that are whole."""
        if self.wants_tls or self.data[0] != _MESSAGE:
            raise Garbled("not LDAP")
        while not self._ended:
            message = element_at(self.data, self._at, self._at + _LARGEST_MESSAGE)
            if message is None:
                return len(self.data) + 1
            if message.stop > len(self.data):
                return message.stop
            self._take(message)
        return self._at

    def answer(self) -> LdapAnswer:
        """All messages in one; raises `Garbled`."""
        found = LdapAnswer()
        for operation in self._operations:
            if operation.tag == _ENTRY:
                found.entries += 1
                found.attributes |= _attributes(self.data, operation)
            elif operation.tag in _DONE:
                found.code = _code(self.data, operation)
        return found

    @property
    def _ended(self) -> bool:
        return bool(self._operations) and self._operations[-1].tag in _DONE

    def _take(self, message: Element) -> None:
        parts = list(children(self.data, message))
        if len(parts) < _PAIR or parts[0].tag != _NUMBER or parts[1].tag not in _MORE_FOLLOWS | _DONE:
            raise Garbled("not the answer of a directory")
        if len(self._operations) >= _MOST_MESSAGES:
            raise Garbled("more messages than an answer holds")
        self._operations.append(parts[1])
        self._at = message.stop


def _code(data: bytearray, operation: Element) -> int:
    first = next(children(data, operation), None)
    if first is None or first.tag != _ENUMERATED:
        raise Garbled("a result without a code")
    return integer(data, first)


def _attributes(data: bytearray, operation: Element) -> dict[str, tuple[str, ...]]:
    """The attributes of an entry: pairs of a name and a set of values."""
    parts = list(children(data, operation))
    if len(parts) != _PAIR:
        raise Garbled("an entry without its two parts")
    pairs = [list(children(data, pair)) for pair in children(data, parts[1])]
    if any(len(pair) != _PAIR for pair in pairs):
        raise Garbled("an attribute without its two parts")
    return {
        _text(data, name).lower(): tuple(_text(data, value) for value in children(data, values))
        for name, values in pairs
    }


def _text(data: bytearray, element: Element) -> str:
    return content(data, element)[:_LONGEST_TEXT].decode("utf-8", "replace")


def own_contexts(root: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The naming contexts that hold the owner's entries, the server's default one first."""
    named = (*root.get("defaultnamingcontext", ()), *root.get("namingcontexts", ()))
    return tuple(dict.fromkeys(name for name in named if name and not name.lower().startswith(_OWN_CONTEXTS)))


def root_document(answer: LdapAnswer) -> dict[str, Any]:
    """`{"code", "contexts", "ldap3", "product", "version"}`: the number of naming contexts, none of their names."""
    root = answer.attributes
    product = _product(root)
    return {
        "code": answer.code,
        "contexts": len(own_contexts(root)) if root else None,
        "ldap3": "3" in root.get("supportedldapversion", ()),
        "product": product,
        "version": _version(root) if product else None,
    }


def _product(root: Mapping[str, tuple[str, ...]]) -> str | None:
    """The product by what only it says about itself."""
    vendor = " ".join(root.get("vendorname", ())).lower()
    if "OpenLDAProotDSE" in root.get("objectclass", ()):
        return "openldap"
    if "forestfunctionality" in root:
        return "active directory"
    if "389 project" in vendor or "red hat" in vendor:
        return "389 directory server"
    return "apacheds" if "apache software foundation" in vendor else None


def _version(root: Mapping[str, tuple[str, ...]]) -> str | None:
    """`389-Directory/1.4.4.11 B2021.1` and `2.0.0.AM26` both give the number."""
    words = " ".join(root.get("vendorversion", ())).split(" ", 1)[0]
    return words.rpartition("/")[2][:32] or None
