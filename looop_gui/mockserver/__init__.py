"""The embedded Looop tenant: a SCIM 2.0 service provider with faults and quirks on command."""
