"""Source directories: the demo company and files."""
