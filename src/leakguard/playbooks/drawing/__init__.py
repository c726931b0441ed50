"""Playbooks drawn: what is shown, where it stands, and the ways to write it down (SVG, Mermaid). Pure.

May import what `playbooks` may.
Never says by colour alone what is not also said in words.
"""
