"""A worker of a fleet and nothing else: what the distribution `leakguard-worker` starts.

May import what a worker needs of `probes`, `bundled`, `settings`, `parallel`, `use_cases` and the packages below them,
and reads the clock and makes randomness, as `wiring` does for the whole of LeakGuard.
Never imports `wiring` or `cli`, nor what opens a store, writes a letter or sends an alert.
"""
