"""Servers that come as jars."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import embedded, jars

RECIPES: tuple[Recipe, ...] = (
    further(jars.kafka_open, "kafka", "kafka-open", heavy=True),
    further(jars.kafka_protected, "kafka", "kafka-protected", heavy=True),
    further(jars.cassandra_open, "cassandra", "cassandra-open", heavy=True),
    further(jars.cassandra_protected, "cassandra", "cassandra-protected", heavy=True),
    further(embedded.solr_open, "solr", "solr-open", heavy=True),
    further(embedded.solr_protected, "solr", "solr-protected", heavy=True),
    further(embedded.neo4j_open, "neo4j", "neo4j-open", heavy=True),
    further(embedded.neo4j_protected, "neo4j", "neo4j-protected", heavy=True),
    further(embedded.hdfs, "hdfs", "hdfs-open", "hdfs-protected", heavy=True),
    further(embedded.yarn, "yarn", "yarn-open", "yarn-protected", heavy=True),
)
