"""Algolia: what the key of a page may do, by its own list of rights; never a record, a search or a list of keys."""
