"""What the sandbox knows, as plain values."""
