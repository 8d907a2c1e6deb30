"""The plan: everything that a cycle would send, before it is sent."""
