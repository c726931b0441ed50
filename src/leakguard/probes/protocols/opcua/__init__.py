"""OPC UA: which endpoints does a server list, and do they take nameless callers? No session is made, no node read."""
