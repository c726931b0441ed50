"""The XML of Azure Blob Storage: sizes, counts and codes; of the names of blobs only how they end is counted."""

from __future__ import annotations

from leakguard.probes.formats.store_xml import StoreAnswer

_LIST = "EnumerationResults"


class AzureAnswer(StoreAnswer):
    """What one answer says, in numbers and fixed words."""

    roots = frozenset({"Error", _LIST})
    listing_root = _LIST
    takers = {  # noqa: RUF012  (read only)
        ("Error", "Error", "Code"): StoreAnswer.take_code,
        (_LIST, "Blob", "Name"): StoreAnswer.take_name,
        (_LIST, "Properties", "Content-Length"): StoreAnswer.take_size,
        (_LIST, "Blobs", "Blob"): StoreAnswer.take_object,
        (_LIST, _LIST, "NextMarker"): StoreAnswer.take_token,
    }
