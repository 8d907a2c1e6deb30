"""The functions of the expression language, one module a family (reference section d.3)."""
