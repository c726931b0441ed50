"""Newer releases of Elasticsearch and OpenSearch."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import newer

RECIPES: tuple[Recipe, ...] = (
    further(newer.elasticsearch_8_6_open, "elasticsearch", "elasticsearch-8.6-open", heavy=True),
    further(newer.elasticsearch_8_6_protected, "elasticsearch", "elasticsearch-8.6-protected", heavy=True),
    further(newer.elasticsearch_8_19_open, "elasticsearch", "elasticsearch-8.19-open", heavy=True),
    further(newer.elasticsearch_8_19_protected, "elasticsearch", "elasticsearch-8.19-protected", heavy=True),
    further(newer.opensearch_3_open, "opensearch", "opensearch-3-open", heavy=True),
)
