"""States between open and shut: roles of strangers that may read a part, and one open place among locked ones."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import roles

RECIPES: tuple[Recipe, ...] = (
    further(roles.redis_read_only, "redis", "redis-read-only-open"),
    further(roles.redis_greets, "redis", "redis-greets-protected"),
    further(roles.mosquitto_one_open, "mqtt", "mosquitto-one-open"),
    further(roles.rsync_one_open, "rsync", "rsync-one-open"),
    further(roles.openldap_one_open, "ldap", "openldap-one-open"),
    further(roles.openldap_root_protected, "ldap", "openldap-root-protected"),
)
