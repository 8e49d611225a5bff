"""The Web API's methods, by family. Importing this registers them all."""

from sandbox.methods import app, chat, conversations, files, users, views

__all__ = ["app", "chat", "conversations", "files", "users", "views"]
