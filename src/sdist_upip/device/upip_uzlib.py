# The decoder of MicroPython before 1.21, or that of CPython.
try:
    from uzlib import DecompIO
except ImportError:
    from upip_cpython import DecompIO


def gunzip(body, bits):
    # Return a stream of the decoded data of `body`. The window is 2 ** bits bytes.
    try:
        return DecompIO(body, 16 + bits)
    except ValueError:  # the header is damaged
        raise EOFError
