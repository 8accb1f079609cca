"""The async client: the endpoint table, the views, and what drives an exchange."""
