# The requirements in *.egg-info/requires.txt, which other tools write.
from upip_gunzip import refuse


def collect(text, marker, add):
    # Call `add` with each requirement in the complete lines. Return (the start of the incomplete
    # last line, the marker of the section: [EXTRA:MARKER], [EXTRA] or [:MARKER]).
    parts = text.split(b"\n")
    for line in parts[:-1]:
        line = line.strip()
        if line[:1] != b"[":
            if line:
                add(line, marker)
            continue
        if min(line) < 32 or max(line) > 126 or len(line) > 1000:
            refuse("bad requirement %s" % line[:99])
        extra, _, marker = line.decode()[1:-1].partition(":")
        if extra:
            marker = (marker and "(%s) and " % marker) + 'extra == "%s"' % extra
        marker = " ; " + marker
    return parts[-1][:1024], marker
