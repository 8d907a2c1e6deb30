"""The wizard that sets a connection up, or goes through its settings again."""
