"""
A world as rows: to be copied, put back, and kept in a file.

`values` writes what the state is made of, `rows` a whole world; `recorder` watches one
and says what has changed in it, and `file` writes that to SQLite.
"""
