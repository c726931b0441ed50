"""What the codes of steps and evidence are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802  (as gettext calls it)
    """Mark a message that a template says."""
    return message


LABELS = {
    "dpo": "DPO", "scope_data": "Scope the data", "tell": "Notify", "ready": "open", "waiting": "waiting",
    "running": "a machine is at it", "unsure": "nobody knows whether it happened", "done": "done",
    "skipped": "left out", "failed": "failed",
}  # fmt: skip
"""In English, codes of the data that read otherwise than their letters; other languages have them in the data's own
catalogues."""
ACTIONS = {
    "scan": N_("Scans the whole scope."), "verify": N_("Probes the findings of this incident again."),
    "collect": N_("Keeps the digests of what was found."), "notify": N_("Notifies the role that the playbook names."),
    "webhook": N_("Calls the channel that the playbook names."),
}  # fmt: skip
OUTCOMES = {
    "done": N_("done"), "failed": N_("done, and the answer is bad"),
    "gave_up": N_("no clear answer, nothing has happened"),
    "lost": N_("nobody knows whether it happened"),
}  # fmt: skip
STORY = {
    "step_done": N_("done"), "step_claimed": N_("done, awaits a second person"), "step_failed": N_("failed"),
    "step_waived": N_("left out"), "step_taken_back": N_("taken back"), "step_assigned": N_("assigned"),
    "step_run_begun": N_("machine began"), "step_run_ended": N_("machine ended"),
}  # fmt: skip
CUSTODY = {
    "evidence_added": N_("taken in"), "evidence_sealed": N_("sealed"), "evidence_unsealed": N_("seal opened"),
    "evidence_handed_over": N_("handed over"), "evidence_held": N_("put under legal hold"),
    "evidence_released": N_("released from legal hold"), "evidence_exported": N_("exported"),
}  # fmt: skip
PRODUCTS = {
    "elasticsearch": "Elasticsearch", "opensearch": "OpenSearch", "mongodb": "MongoDB", "redis": "Redis",
    "memcached": "memcached", "couchdb": "CouchDB", "postgresql": "PostgreSQL", "mysql": "MySQL", "s3": "S3",
    "http": "HTTP", "clickhouse": "ClickHouse", "cassandra": "Cassandra", "kibana": "Kibana", "etcd": "etcd",
}  # fmt: skip
"""Names of products, the same in every language."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "labels": LABELS, "actions": ACTIONS, "outcomes": OUTCOMES, "story": STORY,
    "custody": CUSTODY, "products": PRODUCTS,
}  # fmt: skip
