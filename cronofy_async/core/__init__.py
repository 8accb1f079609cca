"""
The request core: pure values and generators that know no concrete operation or model.

Nothing here waits, opens a socket, reads a clock or draws a random number.
"""
