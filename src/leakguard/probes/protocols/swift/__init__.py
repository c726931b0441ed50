"""OpenStack Swift: one HEAD tells whether a stranger may list a container, and how much is in it."""
