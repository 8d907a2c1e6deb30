"""The expression builder: field with highlighting, completion and signature help; step-through."""
