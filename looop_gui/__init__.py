"""Looop Provisioning Workbench: set up, test and run SCIM 2.0 user provisioning from the desk."""

__version__ = "0.1.0"
