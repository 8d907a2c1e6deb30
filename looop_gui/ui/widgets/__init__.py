"""Shared widgets: each shows a state and says what the user asked; none decides anything."""
