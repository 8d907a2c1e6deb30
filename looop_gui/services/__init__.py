"""What a user can ask for: asynchronous, without Qt, the same for the window and the command line."""
