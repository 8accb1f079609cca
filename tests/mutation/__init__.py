"""
Mutation testing: each small change of a critical module must make a test fail.

``python -m tests.mutation [MODULE...]`` runs it and writes ``docs/mutation.md``.
"""
