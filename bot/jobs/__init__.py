"""The clock's door in: what runs when, and the loop that sees to it."""
