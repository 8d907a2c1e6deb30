"""The admin console of the embedded Looop tenant."""
