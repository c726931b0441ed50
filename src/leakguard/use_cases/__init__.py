"""What a person asks for, in one call each: scan the assets, open an incident, do a step, draft a notice.

Its packages: `scans`, `owners`, `fleets`, `watches`, `alerts`, `cases`, `responses`, `proofs`, `letters`, `intake`,
`drills`.
May import the engines, the rules and everything below them; the outside only through `ports`.
Never names an adapter, reads a clock or prints.
"""
