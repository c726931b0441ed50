"""What was found in what is shipped: kinds, places and keyed hashes; never a value."""

from __future__ import annotations

from leakguard.frozen import Frozen


class ShippedSecret(Frozen):
    """One secret at one place."""

    kind: str
    """As `shipped/secrets.yaml` names it."""
    where: str
    """The file in which it stood: a path of the site, or of the package."""
    line: int
    """Counted from one."""
    mark: str = ""
    """The first 16 hexadecimal digits of a keyed hash of kind and value, by which the same secret is known again; empty
    where whoever looked has no key."""


class ShippedBackend(Frozen):
    """One backend that is named."""

    kind: str
    """As `shipped/backends.yaml` names it."""
    entry: str
    """The backend as a scope names it, such as `supabase://abcdefghijklmnopqrst`."""
    where: str
    """The first file that names it."""


class ShippedTable(Frozen):
    """The name of a table, collection or class of which a script asks its backend."""

    name: str
    where: str


class ShippedKey(Frozen):
    """A public key by which a backend was asked, as a visitor's browser does."""

    kind: str
    """As `shipped/backends.yaml` names it."""
    where: str
    """The page's site with the path of the file, where it is read again each time."""
    mark: str = ""
    """As that of a secret; a later run knows by it whether the key is still the same."""


class ShippedFindings(Frozen):
    """All that was found, each once, in the order of their places."""

    secrets: tuple[ShippedSecret, ...] = ()
    backends: tuple[ShippedBackend, ...] = ()
    tables: tuple[ShippedTable, ...] = ()
    unread_hosts: tuple[str, ...] = ()
    """Other hosts that the page takes scripts from; these were not read."""
    keys: tuple[ShippedKey, ...] = ()
    """Public keys that were used; those that were only seen are not kept."""
    left_out: int = 0
    """Finds beyond the caps, of which nothing is kept."""
