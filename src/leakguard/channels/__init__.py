"""Channels: a message in, sent as mail, as a signed web request, to a chat, or into a file; a calendar read by https.

May import `models` and below, smtplib, requests, and apprise when a chat is first used; reads no clock.
Never logs or shows a secret, never lets a title act upon a chat, never follows a redirect.
"""
