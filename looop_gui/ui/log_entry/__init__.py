"""The details of one log entry, shown by the provisioning log and by provision on demand."""
