"""The target over HTTP: sending, limits, and the wire record with the secret token hidden."""
