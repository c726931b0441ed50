"""Memcached: `version` and `stats`; never a key."""
