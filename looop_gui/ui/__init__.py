"""The window: a folder a noun."""
