# Fill the flash of a board, then install, in the real unix port of MicroPython.
#
# usage: micropython -X heapsize=64m full_flash.py FILE-SYSTEM SERIES
#
# FILE-SYSTEM: lfs1, lfs2, fat512 or fat4096
# SERIES: a file with a Python literal, a dict:
#     modules: directory of upip
#     index: directory of archives
#     before, task: calls of upip (name, argument) before and after the flash is filled
#     removed: a package to uninstall while the flash is full
#     most: how many bytes to leave at most; from 0 on in steps of one block
#
# Prints a line for each wrong outcome, and at the end "WRONG of RUNS, INSTALLED installed".
import gc
import os
import sys

FILE_SYSTEM, SERIES = sys.argv[1:]
with open(SERIES) as f:
    series = eval(f.read())
sys.path.insert(0, series["modules"])
import upip
from flash import Flash, tree

BLOCK = 512 if FILE_SYSTEM == "fat512" else 4096
SIZE = 65536 if BLOCK == 512 else 262144
LIB = "/flash/lib"


def call(name, argument=None):
    if name == "install":
        return upip.install(argument, LIB, [series["index"]])
    return upip.uninstall(argument, LIB)


def fill():
    # Write files of one block until the flash is full. Return their names.
    names = []
    try:
        while True:
            name = "/flash/filler%d" % len(names)
            names.append(name)
            with open(name, "wb") as f:
                f.write(bytes(BLOCK))
    except OSError:
        pass
    return names


def run(free):
    # Return (what is wrong or None, whether the package was installed).
    Flash(FILE_SYSTEM, SIZE, full)
    try:
        for name in names[-free // BLOCK :] if free else ():
            os.remove(name)
        try:
            call(*series["task"])
            is_installed = True
        except upip.Error as error:
            is_installed = False
            if "space" not in str(error) and "28" not in str(error):
                return "another reason: %s" % error, False
        found = upip.list(LIB), tree(LIB)
        if not is_installed and found != before:
            return "not as before: %s" % found[0], False
        left = [path for path in os.listdir(LIB + "/.upip") if "." in path]
        if left:
            return "left: %s" % left, is_installed
        upip.uninstall(series["removed"], LIB)
        if series["removed"] in [name for name, _ in upip.list(LIB)]:
            return "not removed", is_installed
        return None, is_installed
    except Exception as error:
        sys.print_exception(error)
        return "then %r" % error, False
    finally:
        os.umount("/flash")
        gc.collect()


upip.print = lambda *_: None
upip._forget = lambda *_: None  # so that modules are compiled once
flash = Flash(FILE_SYSTEM, SIZE)
for step in series["before"]:
    call(*step)
before = upip.list(LIB), tree(LIB)
names = fill()
full = bytes(flash.image)
os.umount("/flash")
wrong = runs = installed = 0
for free in range(0, series["most"], BLOCK):
    problem, is_installed = run(free)
    runs += 1
    installed += is_installed
    if problem:
        wrong += 1
        print("wrong with %d bytes free: %s" % (free, problem))
print("%d of %d, %d installed" % (wrong, runs, installed))
