"""Consoles with large trees of packages: Open WebUI and Kibana."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import chats

RECIPES: tuple[Recipe, ...] = (
    further(chats.openwebui, "openwebui", *chats.WEBUI, heavy=True),
    further(chats.kibana, "kibana", "kibana-open", "kibana-protected", heavy=True),
)
