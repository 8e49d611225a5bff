"""The door out: claim, render, send, finish."""
