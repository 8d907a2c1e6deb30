"""The editor of attribute mappings: table, canvas, inspector, expression builder, versions."""
