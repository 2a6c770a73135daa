# Cut the power at every write while upip replaces itself, in the real unix port of MicroPython.
#
# usage: micropython -X heapsize=64m self_upgrade.py FILE-SYSTEM STEP INDEX
#
# FILE-SYSTEM: lfs1, lfs2, fat512 or fat4096
# STEP: cut at every STEP-th write
# INDEX: a directory with upip 1 and upip 2, whose modules have other names inside, and `further`
#
# Prints a line for each cut after which upip does not work, and at the end "WRONG of CUTS".
import os
import sys

FILE_SYSTEM, STEP, INDEX = sys.argv[1:]
sys.path.insert(0, "modules")
from flash import Flash, tree

SIZE = 524288
LIB = "/flash/lib"


def start():
    # Return upip as a board has it after a start.
    for name in [name for name in sys.modules if name[:4] == "upip"]:
        del sys.modules[name]
    import upip

    upip.print = lambda *_: None
    return upip


def modules():
    return {path: text for path, text in tree(LIB).items() if "/upip" in path and text}


def check(old, new):
    # Return what is wrong, or None.
    try:
        upip = start()
        versions = dict(upip.list(LIB))
        if modules() != {"1": old, "2": new}[versions["upip"]]:
            return "a mix"
        upip.install("further", LIB, [INDEX])
        start().uninstall("further", LIB)
    except Exception as error:
        return repr(error)


flash = Flash(FILE_SYSTEM, SIZE)
start().install("upip==1", LIB, [INDEX])
sys.path[0] = LIB
old = modules()
before = bytes(flash.image)
flash.take_log()
start().install("upip==2", LIB, [INDEX])
writes = flash.take_log()
new = modules()
os.umount("/flash")
wrong = cuts = 0
image = bytearray(before)
for number in range(len(writes) + 1):
    if number % int(STEP) == 0:
        Flash(FILE_SYSTEM, SIZE, image)
        problem = check(old, new)
        os.umount("/flash")
        cuts += 1
        if problem:
            wrong += 1
            print("wrong after write %d of %d: %s" % (number, len(writes), problem))
    if number < len(writes):
        at, data = writes[number]
        image[at : at + len(data)] = data
print(wrong, "of", cuts)
