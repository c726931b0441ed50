"""The sums of what `make deb` and `make image` write."""

from __future__ import annotations

from making.dist import write_sums
from making.places import BUILD, alone

OFFERED = ("*.deb", "*.oci.tar", "*.cdx.json")


def write_package_sums() -> None:
    """Write SHA256SUMS of the packages that are there, for `sha256sum --check`."""
    with alone("sums"):
        write_sums(BUILD, *OFFERED)
