# Cut the power of a board at every write to its flash, in the real unix port of MicroPython.
#
# usage: micropython -X heapsize=64m power_cut.py FILE-SYSTEM MODE DEPTH STEP SERIES
#
# FILE-SYSTEM: lfs1, lfs2, fat512 or fat4096
# MODE: what the write in progress leaves: none, half, erased or garbage
# DEPTH: 1 cuts once; 2 also cuts at every write of the recovery
# STEP: cut at every STEP-th write
# SERIES: a file with a Python literal, a dict:
#     modules: directory of upip
#     index: directory of archives
#     before, task, further: calls of upip (name, argument) at first, under cuts, and afterwards
#     first: the call that finds the flash after a cut: list, install or uninstall
#
# Prints a line for each wrong outcome, and at the end "WRONG of CUTS".
import gc
import os
import sys

FILE_SYSTEM, MODE, DEPTH, STEP, SERIES = sys.argv[1:]
DEPTH = int(DEPTH)
STEP = int(STEP)
with open(SERIES) as f:
    series = eval(f.read())
sys.path.insert(0, series["modules"])
import upip
from flash import Flash, tree

IS_FAT = FILE_SYSTEM[:3] == "fat"
SIZE = series.get("size", 524288 if FILE_SYSTEM == "fat4096" else 262144)
LIB = "/flash/lib"


def call(name, argument=None):
    if name == "install":
        return upip.install(argument, LIB, [series["index"]])
    if name == "uninstall":
        return upip.uninstall(argument, LIB)
    return upip.list(LIB)


def state():
    try:
        os.stat(LIB)
    except OSError:
        return [], {}
    return upip.list(LIB), tree(LIB)


def torn(image, at, data):
    # Write `data` as a power cut in the middle of it leaves it.
    size = len(data)
    if MODE == "half":
        image[at : at + size // 2] = data[: size // 2]
    elif MODE == "erased":
        image[at : at + size] = b"\xff" * size
    elif MODE == "garbage":
        image[at : at + size] = bytes([(7 * i + 13) & 255 for i in range(size)])


def is_text(data):
    # Whether a sector belongs to a file: text, and zeros or what was there before.
    return all(32 <= byte < 127 or byte == 10 for byte in data.rstrip(b"\0"))


def after_cuts(before, writes):
    # Yield (number of whole writes, image) for every cut.
    image = bytearray(before)
    for number in range(len(writes) + 1):
        if number == len(writes):
            yield number, bytes(image)
            break
        at, data = writes[number]
        if number % STEP == 0:
            left = bytearray(image)
            if MODE == "none" or not IS_FAT or is_text(data):
                torn(left, at, data)
                yield number, left
        image[at : at + len(data)] = data


def describe(found):
    packages, files = found
    return "%s, %s" % (
        packages,
        sorted([(path[len(LIB) + 1 :], (text or b"")[:12]) for path, text in files.items()]),
    )


def check(image, old, new, depth, place):
    # Start a board with `image`. Return (wrong outcomes, cuts).
    wrong = 0
    cuts = 1
    flash = Flash(FILE_SYSTEM, SIZE, image)
    first = series["first"]
    problem = None
    try:
        if first[0] == "list":
            call(*first)
        else:
            try:
                call(*first)
            except upip.Error as error:
                if "is not installed" not in str(error):
                    raise
    except Exception as error:
        problem = repr(error)
    writes = flash.take_log()
    if not problem:
        try:
            found = state()
            if first[0] == "list":
                if found not in (old, new):
                    problem = "neither old nor new: " + describe(found)
            elif found != series["result"]:
                problem = "not the result: " + describe(found)
            if not problem:
                call(*series["further"])
                packages, files = state()
                if not all(path in files for path in found[1] if ".upip" not in path):
                    problem = "a further install loses files: " + describe((packages, files))
                if not any(name == "further" for name, _ in packages):
                    problem = "a further install installs nothing"
        except Exception as error:
            problem = "then " + repr(error)
    os.umount("/flash")
    if problem:
        print("wrong after %s: %s" % (place, problem))
        wrong += 1
    elif depth < DEPTH:
        for number, again in after_cuts(image, writes):
            a, b = check(again, old, new, depth + 1, "%s, %d" % (place, number))
            wrong += a
            cuts += b
    gc.collect()
    return wrong, cuts


upip.print = lambda *_: None
upip._forget = lambda *_: None  # so that modules are compiled once
flash = Flash(FILE_SYSTEM, SIZE)
for step in series["before"]:
    call(*step)
old = state()
before = bytes(flash.image)
flash.take_log()
call(*series["task"])
writes = flash.take_log()
new = state()
if series["first"][0] != "list":
    try:
        call(*series["first"])
    except upip.Error:
        pass
    series["result"] = state()
os.umount("/flash")
wrong = cuts = 0
for number, image in after_cuts(before, writes):
    a, b = check(image, old, new, 1, "write %d of %d" % (number, len(writes)))
    wrong += a
    cuts += b
print(wrong, "of", cuts)
