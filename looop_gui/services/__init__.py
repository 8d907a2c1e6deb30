"""What a user can ask for: asynchronous, Qt-free, the same for window and command line."""
