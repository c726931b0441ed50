"""The team's own Elasticsearch or OpenSearch, spoken to with its own credentials by the official client.

May import `ports`, `models` and `errors`, and elasticsearch with its elastic_transport; only `wiring` names it.
Never used for hosts that a scan meets, never follows a redirect, never shows a secret or a document in an error.
"""
