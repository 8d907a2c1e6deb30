"""Provision on demand: one person, now, step by step."""
