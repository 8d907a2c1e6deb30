"""Users and groups of the source: who is assigned, with which role, and what changes."""
