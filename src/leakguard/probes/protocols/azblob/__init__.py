"""Azure Blob Storage: may a stranger list a container, and how much is there."""
