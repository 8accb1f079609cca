"""The async-first SDK for the Cronofy calendar API."""
