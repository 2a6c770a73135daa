"""Patterns of light: a name, and for how many milliseconds the pin is on, off, on, …"""


def read_patterns():
    """Return {name: [milliseconds, …]} from the data file of the package."""
    import pkg_resources  # a board has it, a computer may not

    patterns = {}
    with pkg_resources.resource_stream(__name__, "data/patterns.txt") as stream:
        for line in stream.read().decode().splitlines():
            name, times = line.split(":")
            patterns[name] = [int(time) for time in times.split()]
    return patterns
