"""CQL: does Cassandra or Scylla let anybody start a session, and how much do its system tables say there is?"""
