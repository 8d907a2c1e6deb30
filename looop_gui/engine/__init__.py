"""What the provisioning service decides; a file for each step of the provisioning log."""
