"""Playbooks: started, walked, run by machines, moved to another one."""
