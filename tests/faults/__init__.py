"""The catalogue of faults, played out on every way to the wire."""
