"""Pages and monitors of Debian and npm."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import boards, monitors

RECIPES: tuple[Recipe, ...] = (
    further(monitors.alertmanager_open, "alertmanager", "alertmanager-open", "alertmanager-guarded-api-protected"),
    further(monitors.alertmanager_protected, "alertmanager", "alertmanager-protected"),
    further(monitors.pushgateway_open, "pushgateway", "pushgateway-open", "pushgateway-guarded-api-protected"),
    further(monitors.pushgateway_protected, "pushgateway", "pushgateway-protected"),
    further(monitors.haproxy_open, "haproxy", "haproxy-open"),
    further(monitors.haproxy_protected, "haproxy", "haproxy-protected"),
    further(monitors.monit_open, "monit", "monit-open"),
    further(monitors.monit_protected, "monit", "monit-protected"),
    further(monitors.transmission_open, "transmission", "transmission-open"),
    further(monitors.transmission_protected, "transmission", "transmission-protected"),
    further(monitors.orthanc_open, "orthanc", "orthanc-open"),
    further(monitors.orthanc_protected, "orthanc", "orthanc-protected"),
    further(boards.redis_commander_open, "redis_commander", "redis-commander-open"),
    further(boards.redis_commander_protected, "redis_commander", "redis-commander-protected"),
    further(boards.maildev_open, "maildev", "maildev-open"),
    further(boards.maildev_protected, "maildev", "maildev-protected"),
    further(boards.node_red_open, "node_red", "node-red-open"),
    further(boards.node_red_protected, "node_red", "node-red-protected"),
)
