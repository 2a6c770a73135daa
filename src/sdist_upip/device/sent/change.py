# Sent to a board by sdist-upip with upip_store and the function undo of upip_manage, and run from
# RAM: change the packages in `root` by upip's journal. All of it is the body of one function.
#
# A line that starts with "~" is a fact for sdist-upip.
import gc
import os
import sys
from binascii import a2b_base64, hexlify
from hashlib import sha256

from upip_manage import undo
from upip_store import (
    LEFT,
    OWN,
    files,
    ilistdir,
    kind,
    lines,
    list_names,
    make_parents,
    parents,
    recover,
    remove,
)

import micropython


def show(*fact):
    print("~" + repr(fact))


def digest(path):
    # Return the sha256 of a file in hex, b"" without a file.
    if kind(path) != 1:
        return b""
    with open(path, "rb") as f:
        return hexlify(read_hash(f))


def read_hash(f):
    state = sha256()
    data = f.read(1024)
    while data:
        state.update(data)
        data = f.read(1024)
    return state.digest()


def hold():
    # Ignore Ctrl-C until the code that was sent has run: a cable that is connected again sends it.
    # A driver of a flash may be Python, and a write must not end in its middle.
    if hasattr(micropython, "kbd_intr"):
        micropython.kbd_intr(-1)


def decode(text):
    return a2b_base64(text)


def begin(root):
    # Make the directory of the records. FAT finds it in other letters, too.
    hold()
    make_parents(root + "/.upip/")
    gc.collect()
    memory = gc.mem_free() if hasattr(gc, "mem_free") else 1 << 20
    show("memory", memory, kind(root + "/.UPIP"))


def put(path, offset, data, is_last):
    # Write a part of a file. The same call may be repeated. Return the sha256 of the file as it can
    # be read after its last part, else b"".
    hold()
    with open(path, "r+b" if offset else "w+b") as f:
        f.seek(offset)
        f.write(data)
        if not is_last:
            return b""
        f.flush()
        f.seek(0)
        return read_hash(f)


def verify(hashes):
    # Show one hash for all files.
    show("hash", hexlify(sha256(b"".join(hashes)).digest()))


def compare(root, name):
    # Show the numbers of the staged package's files that are not in place yet, and the files and
    # directories that are in the way.
    missing = []
    number = 0
    for text in lines(root, name + ".new", "file "):
        path = text[65:]
        for parent in parents(path):
            if kind(root + "/" + parent) == 1:
                show("blocked", name, parent, 1)
        if kind(root + "/" + path) == 2:
            show("blocked", name, path, 2)
        elif digest(root + "/" + path) != text[:64].encode():
            missing.append(number)
        number += 1
    show("missing", name, missing)


def look(root, paths):
    # Show the kind and the hash of each path.
    for path in paths:
        show("found", path, kind(root + "/" + path), digest(root + "/" + path))


def make(root, name):
    # Make the directories of a staged package, as upip does before a change.
    hold()
    for path in files(root, name):
        make_parents(root + "/" + path)


def check_space(root, most, count):
    # Show the free bytes, and whether they are enough for the moves. `most` is the size of the
    # largest file, and `count` the number of names of 13 letters on FAT.
    s = os.statvfs(root)
    free = s[4] if s[4] <= s[2] else 0  # littlefs counts below zero
    show("space", s[1] * free, s[1] * (free - 3) >= 32 * count + most)


def write_journal(root, jobs):
    # From now on the change is completed, whatever happens.
    hold()
    with open(root + "/.upip/journal.txt", "w") as f:
        f.write("\n%s\n" % jobs)


def finish(root):
    # Finish a change that has a journal, or undo one that has none.
    hold()
    state = recover(root)
    if state == OWN:
        for name in [name for name in sys.modules if name[:4] == "upip"]:
            del sys.modules[name]
        state = recover(root)
    if state == LEFT:
        undo(root)


def give_up(root, name):
    # Remove a package. A full file system has space for a file without content.
    hold()
    open("%s/.upip/%s.del" % (root, name), "w").close()
    finish(root)


def leave(root, place):
    # Remove `root` and the directories above it, down to `place`, if they are empty.
    hold()
    try:
        while root != place:
            os.rmdir(root)
            root = root.rpartition("/")[0]
    except OSError:
        pass


def drop(root, path):
    # Remove a record, whatever it is.
    hold()
    path = root + "/.upip/" + path
    if kind(path) == 2:
        for entry in [entry[0] for entry in ilistdir(path)]:
            drop(root, path[len(root) + 7 :] + "/" + entry)
        os.rmdir(path)
    remove(path)
    if kind(root + "/.upip") and not list_names(root + "/.upip", b"", True, 1):
        os.rmdir(root + "/.upip")
