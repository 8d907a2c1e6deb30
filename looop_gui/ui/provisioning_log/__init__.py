"""The provisioning log: find any entry, know why, see what was sent."""
