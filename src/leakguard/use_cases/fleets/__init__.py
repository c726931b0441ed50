"""A scan by workers elsewhere: orders, shards, results."""
