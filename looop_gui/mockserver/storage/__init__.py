"""Where the tenant keeps its resources: in memory or in an SQLite file, behind one protocol."""
