"""Play a pattern on a pin; the clock is handed in, so that tests need no board."""


def play(times, switch, sleep_ms):
    """Call `switch(1)` and `switch(0)` in turn, and sleep as long as the pattern says."""
    for position, milliseconds in enumerate(times):
        switch(1 - position % 2)
        sleep_ms(milliseconds)
    switch(0)
