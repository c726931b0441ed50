"""Programs that people start for themselves."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import handy, mongo_pages

RECIPES: tuple[Recipe, ...] = (
    further(handy.mercurial_open, "mercurial", "mercurial-open", "mercurial-proxied-open", "mercurial-below-open"),
    further(handy.mercurial_protected, "mercurial", "mercurial-protected"),
    further(handy.syncthing_open, "syncthing", "syncthing-open", "syncthing-proxied-open"),
    further(handy.syncthing_protected, "syncthing", "syncthing-protected"),
    further(handy.adminer_open, "adminer", "adminer-open", "adminer-proxied-open"),
    further(handy.adminer_protected, "adminer", "adminer-protected"),
    further(handy.mailpit_open, "mailpit", "mailpit-open", "mailpit-proxied-open"),
    further(handy.mailpit_protected, "mailpit", "mailpit-protected"),
    further(mongo_pages.mongo_express_open, "mongo_express", "mongo-express-open", "mongo-express-proxied-open"),
    further(mongo_pages.mongo_express_protected, "mongo_express", "mongo-express-protected"),
)
