"""Servers on Java that keep graphs and health records, or run other people's work and know its data."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import graphs, platforms

RECIPES: tuple[Recipe, ...] = (
    further(graphs.fuseki_open, "fuseki", "fuseki-open", "fuseki-proxied-open", heavy=True),
    further(graphs.fuseki_protected, "fuseki", "fuseki-protected", heavy=True),
    further(graphs.gremlin_open, "gremlin", "gremlin-open", "gremlin-proxied-open", heavy=True),
    further(graphs.gremlin_protected, "gremlin", "gremlin-protected", heavy=True),
    further(graphs.fhir_open, "fhir", "fhir-open", "fhir-proxied-open", heavy=True),
    further(graphs.fhir_protected, "fhir", "fhir-protected", heavy=True),
    further(platforms.flink_open, "flink", "flink-open", "flink-proxied-open", heavy=True),
    further(platforms.camunda_open, "camunda", "camunda-open", "camunda-proxied-open", heavy=True),
    further(platforms.camunda_protected, "camunda", "camunda-protected", heavy=True),
    further(
        platforms.kafka_connect_open, "kafka_connect", "kafka-connect-open", "kafka-connect-proxied-open", heavy=True
    ),
    further(platforms.kafka_connect_protected, "kafka_connect", "kafka-connect-protected", heavy=True),
    further(platforms.eureka_open, "eureka", "eureka-open", "eureka-proxied-open", heavy=True),
    further(platforms.eureka_protected, "eureka", "eureka-protected", heavy=True),
    further(platforms.trino_open, "trino", "trino-open", "trino-proxied-open", heavy=True),
    further(platforms.trino_protected, "trino", "trino-protected", heavy=True),
)
