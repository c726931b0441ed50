"""Google Cloud Storage: may a stranger list, how much is there, and what else may they do."""
