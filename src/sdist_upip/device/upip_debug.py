# The traceback of an error, for debug.
import io
import sys


def print_exception(error):
    # Print the traceback of an error with control characters, and all that is not ASCII, escaped.
    if hasattr(sys, "print_exception"):
        text = io.StringIO()
        sys.print_exception(error, text)
        for line in text.getvalue().split("\n"):
            print("".join([c if " " <= c <= "~" else "\\x%x" % ord(c) for c in line]))
