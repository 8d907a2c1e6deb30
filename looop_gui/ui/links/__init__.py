"""The page *Links*: which source object belongs to which account of the target."""
