"""Servers on Java that pass messages on, or show what runs."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import brokers, jvm_consoles

RECIPES: tuple[Recipe, ...] = (
    further(brokers.activemq_open, "activemq", "activemq-open", heavy=True),
    further(brokers.activemq_protected, "activemq", "activemq-protected", heavy=True),
    further(brokers.activemq_jaas_protected, "activemq", "activemq-jaas-protected", heavy=True),
    further(brokers.dubbo_qos_open, "dubbo", "dubbo-qos-open", heavy=True),
    further(jvm_consoles.zipkin_open, "zipkin", "zipkin-open", "zipkin-proxied-open", heavy=True),
    further(jvm_consoles.spark_master_open, "spark", "spark-master-open", "spark-master-proxied-open", heavy=True),
    further(jvm_consoles.spark_ui_open, "spark", "spark-ui-open", "spark-ui-proxied-open", heavy=True),
    further(jvm_consoles.jolokia_open, "jolokia", "jolokia-open", "jolokia-proxied-open", heavy=True),
    further(jvm_consoles.jolokia_protected, "jolokia", "jolokia-protected", heavy=True),
    further(jvm_consoles.actuator_2_open, "spring_boot", "actuator-2.7-open", "actuator-2.7-proxied-open", heavy=True),
    further(jvm_consoles.actuator_2_protected, "spring_boot", "actuator-2.7-protected", heavy=True),
    further(jvm_consoles.actuator_3_open, "spring_boot", "actuator-3.5-open", "actuator-3.5-proxied-open", heavy=True),
    further(jvm_consoles.actuator_3_protected, "spring_boot", "actuator-3.5-protected", heavy=True),
    further(jvm_consoles.hive_ui_open, "hive", "hive-ui-open", "hive-ui-proxied-open", heavy=True),
)
