"""Servers of language models, and of what is built with them."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import ai_flows, ai_servers, tools

RECIPES: tuple[Recipe, ...] = (
    further(tools.mcp_open, "mcp", "mcp-open"),
    further(tools.mcp_stateless_open, "mcp", "mcp-stateless-open"),
    further(tools.mcp_protected, "mcp", "mcp-protected"),
    further(ai_servers.ollama, "ollama", "ollama-open", "ollama-protected"),
    further(ai_servers.litellm, "litellm", "litellm-open", "litellm-protected", heavy=True),
    further(ai_servers.n8n, "n8n", "n8n-unclaimed-open", "n8n-protected", heavy=True),
    further(ai_flows.flowise, "flowise", "flowise-open", "flowise-empty-open", "flowise-protected", heavy=True),
)
