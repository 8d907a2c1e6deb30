"""The words of the field as frozen values: directory, connection, mapping, scope, job, log."""
