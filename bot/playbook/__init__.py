"""The sales process as data: schema, defaults, loading."""
