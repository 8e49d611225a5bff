"""The web's door in: each file proves one kind of sender and maps what it sent to a command."""
