"""Tables, sessions and reads."""
