import logging
import time


def blink(pin, times=3, period_ms=500):
    """Switch `pin` on and off `times` times."""
    log = logging.getLogger("blinker")
    for number in range(times):
        log.info("blink %d", number + 1)
        pin.on()
        time.sleep_ms(period_ms // 2)
        pin.off()
        time.sleep_ms(period_ms // 2)
