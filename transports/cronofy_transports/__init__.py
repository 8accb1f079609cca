"""Transports for `cronofy_async`, and the sandbox of the service."""
