"""`python -m making PART...`: makes parts of a release, in the order in which they are named."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

from making.places import NotMade, say

PARTS: Mapping[str, tuple[str, str]] = {
    "dist": ("making.dist", "make_dist"),
    "lock": ("making.lock", "make_locks"),
    "worker": ("making.worker", "make_worker"),
    "worker-size": ("making.worker", "write_size"),
    "lowest": ("making.lowest", "test_lowest"),
    "tools": ("making.roots", "install_tools"),
    "deb": ("making.deb", "make_deb"),
    "image": ("making.image", "make_image"),
}
"""By name, the function that makes it."""


def main(names: list[str]) -> int:
    """Make the parts; 2 for a name that is none, 1 where one could not be made."""
    unknown = [name for name in names if name not in PARTS]
    if unknown or not names:
        say(f"usage: python -m making {'|'.join(PARTS)}")
        return 2
    for name in names:
        module, function = PARTS[name]
        try:
            getattr(importlib.import_module(module), function)()
        except NotMade as error:
            say(f"{name}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
