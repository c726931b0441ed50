"""One module a family of resources: what is asked to know each of them, and where the answers stand."""
