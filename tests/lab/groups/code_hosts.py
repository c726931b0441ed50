"""Servers of repositories in their own protocols."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import code_hosts

RECIPES: tuple[Recipe, ...] = (
    further(code_hosts.svnserve_open, "subversion", "svnserve-open"),
    further(code_hosts.svnserve_protected, "subversion", "svnserve-protected"),
    further(code_hosts.svnserve_rules_protected, "subversion", "svnserve-rules-protected"),
    further(code_hosts.git_daemon_open, "git", "git-daemon-open"),
)
