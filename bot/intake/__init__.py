"""HTTP in: one file per sender."""
