"""MQTT: may anybody connect, and what does the broker count? No message of anybody is subscribed or published."""
