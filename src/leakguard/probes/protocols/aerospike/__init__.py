"""Aerospike: does a node tell its namespaces to a client that did not log in, and how much is in them?"""
