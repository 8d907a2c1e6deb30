"""The set-up without widgets: drafts, steps, default mappings, the synchronizationSchema JSON."""
