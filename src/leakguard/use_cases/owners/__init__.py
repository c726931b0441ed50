"""What only an owner sees: accounts at a provider, an own cluster."""
