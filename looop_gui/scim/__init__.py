"""SCIM 2.0 as values and functions, for both ends of the wire (RFC 7643, RFC 7644)."""
