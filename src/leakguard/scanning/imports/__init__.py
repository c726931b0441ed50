"""Files of other tools (nmap, masscan, nuclei, Shodan, Censys): the open TCP ports that they name, and nothing else.

May import what `scanning` may, and defusedxml.
Never keeps a banner, an answer or a record that such a file carries, and never takes its word for a verdict.
"""
