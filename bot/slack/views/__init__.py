"""Views: state in, blocks out. Pure."""
