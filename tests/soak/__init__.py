"""
The soak: a long random mix of calls under faults, compared with the sandbox's truth.

``python -m tests.soak`` runs it; a short one is among the tests.
"""
