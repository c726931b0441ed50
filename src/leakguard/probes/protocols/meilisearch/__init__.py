"""Meilisearch with the key of a page: whether it may do more than search; never a document or a key."""
