"""One call for many accounts: reading, ordered or as it comes, and writing."""
