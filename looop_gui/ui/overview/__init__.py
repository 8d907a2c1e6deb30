"""The overview of a connection: is it all right, what is it doing, how did it go."""
