"""What is kept: SQLite for configuration, links, state and logs; the keyring for secret tokens."""
