"""Use cases about apps: packages checked against their categories, and the letter to an owner."""
