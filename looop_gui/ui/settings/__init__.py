"""The settings of a connection."""
