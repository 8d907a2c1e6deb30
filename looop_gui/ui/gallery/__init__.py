"""The gallery of applications a new connection starts from."""
