"""Proportions of a JSON text, looked at before it is read: a text made to be costly is left unread."""

from __future__ import annotations

LOOKED_AT_FROM = 4096
"""Below this size nothing that JSON can hold costs anything."""
BYTES_PER_CONTAINER = 16
"""The least on the average, beyond `FREE`: an object with one short field. An empty list has three, and weighs twenty
times as much in our memory; a hundred hosts that say so at once must not fill it."""
BYTES_PER_ITEM = 8
"""The least on the average, beyond `FREE`: a short name in its quotes."""
FREE = 2000
"""Of each, whatever the size."""
MOST_CONTAINERS = 100_000
"""Objects and lists. Eight mebibytes of `_cat/indices` hold 50,000; eight of empty lists hold 2,800,000."""
MOST_ITEMS = 600_000
"""Commas, and colons as well: the same listing has ten of each for an index, 490,000."""
KEYS_PER_CONTAINER = 64
"""Colons for a bracket; the widest rows of real listings have some thirty fields."""
FLAT_KEYS = 20_000
"""Keys that one flat object may hold all the same."""


def is_proportionate(body: bytes) -> bool:
    """Whether reading `body` as JSON costs no more than an honest listing of its size does, in time and in memory.

    Measured on 8 MiB: 70 ms and 30 MiB for such a listing, 1,000 ms and 200 MiB for empty lists, 600 ms and 120 MiB
    for an object of different keys; counting takes 10 ms. Signs inside of texts are counted too.
    """
    size = len(body)
    if size < LOOKED_AT_FROM:
        return True
    containers = body.count(b"[") + body.count(b"{")
    commas, colons = body.count(b","), body.count(b":")
    is_flat_enough = colons <= KEYS_PER_CONTAINER * containers + FLAT_KEYS
    most_containers = min(MOST_CONTAINERS, FREE + size // BYTES_PER_CONTAINER)
    most_items = min(MOST_ITEMS, FREE + size // BYTES_PER_ITEM)
    return containers <= most_containers and max(commas, colons) <= most_items and is_flat_enough
