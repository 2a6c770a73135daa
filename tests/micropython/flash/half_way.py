# Directories of packages that were left half-way, between a flash and a computer, in the real unix
# port of MicroPython.
#
# usage: micropython -X heapsize=64m half_way.py dump|recover FILE-SYSTEM INPUT
#
# dump: INPUT is a file with a series as power_cut.py has it. Prints the old tree, the new tree, and
#     the tree after a cut before each write. littlefs shows the state before the last rename until
#     something changes it, so a name that does not exist is removed before each look.
# recover: INPUT is a file with a list of trees. Prints each tree after upip.list.
#
# A tree is {path below the directory: content, or None for a directory}.
import os
import sys

MODE, FILE_SYSTEM, INPUT = sys.argv[1:]
sys.path.insert(0, "modules")
import upip
from flash import Flash, tree

SIZE = 524288 if FILE_SYSTEM == "fat4096" else 262144
LIB = "/flash/lib"


def look():
    try:
        os.stat(LIB)
    except OSError:
        return {}
    return {path[len(LIB) + 1 :]: data for path, data in tree(LIB).items()}


def call(name, argument):
    upip.install(argument, LIB, ["archives"])


def dump(series):
    flash = Flash(FILE_SYSTEM, SIZE)
    for step in series["before"]:
        call(*step)
    print(look())
    before = bytes(flash.image)
    flash.take_log()
    call(*series["task"])
    writes = flash.take_log()
    print(look())
    os.umount("/flash")
    image = bytearray(before)
    for at, data in writes:
        Flash(FILE_SYSTEM, SIZE, image)
        try:
            os.remove("/flash/no.such.file")
        except OSError:
            pass
        print(look())
        os.umount("/flash")
        image[at : at + len(data)] = data


def recover(trees):
    for found in trees:
        Flash(FILE_SYSTEM, SIZE)
        os.mkdir(LIB)
        for path, data in sorted(found.items()):
            path = LIB + "/" + path
            if data is None:
                os.mkdir(path)
            else:
                with open(path, "wb") as f:
                    f.write(data)
        upip.list(LIB)
        print(look())
        os.umount("/flash")


upip.print = lambda *_: None
upip._forget = lambda *_: None  # so that modules are compiled once
with open(INPUT) as f:
    given = eval(f.read())
dump(given) if MODE == "dump" else recover(given)
