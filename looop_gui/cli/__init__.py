"""The command line, a module a noun, on the same services as the window."""
