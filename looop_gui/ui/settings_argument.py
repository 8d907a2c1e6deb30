"""What the page *Settings* is told to lead to."""

CREDENTIALS = "credentials"
"""The secret token."""
