"""OpenWire: does an ActiveMQ accept a connection without a login? Nothing is subscribed to and nothing is sent."""
