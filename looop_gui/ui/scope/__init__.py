"""The editor of the scope: mode, scoping filters, live count, explanation and census."""
