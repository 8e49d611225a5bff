"""One function per command. Decides with domain, writes rows, enqueues notices, never commits."""
