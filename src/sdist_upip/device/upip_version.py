# The parts of any version (PEP 440). Few have more than numbers, which upip_req reads itself.
import re

_VERSION = (
    r"v?(([0-9]+)!)?([0-9.]*[0-9])"
    r"([-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?([0-9]*))?"
    r"(-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?"
    r"([-_.]?dev[-_.]?([0-9]*))?(\+[a-z0-9]+([-_.][a-z0-9]+)*)?$"
)


def parse(text, never):
    # Return (numbers with dots, epoch, phase, pre, post, dev) of a version in small letters. For a
    # version that is not for development, dev is `never`. Raise ValueError if it is not a version.
    m = len(text) < 99 and re.match(_VERSION, text)
    if not m:
        raise ValueError("not a version: " + text)
    epoch, pre, implicit, post, dev = [int(m.group(i) or 0) for i in (2, 6, 8, 10, 12)]
    phase = "?ab".find(m.group(5)[0]) % 4 if m.group(4) else 4
    post = post + implicit if m.group(7) else -1
    if not m.group(11):
        dev = never
    elif phase == 4 and post < 0:
        phase = 0
    return m.group(3), epoch, phase, pre, post, dev
