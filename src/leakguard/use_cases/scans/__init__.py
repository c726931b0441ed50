"""One scan, from its plan to what was found and told; what came of it, and second looks."""
