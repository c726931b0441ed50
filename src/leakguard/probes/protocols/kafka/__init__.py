"""Kafka: does a broker list its topics to a client that did not log in, and how much is in them?"""
