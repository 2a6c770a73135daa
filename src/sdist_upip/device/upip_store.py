# The records in PATH/.upip/, and the step that puts staged files into place.
#
# NAME is the record of an installed package. A name with a dot belongs to a change that is not
# complete: NAME.new is a record, NAME.0, NAME.1 ... are its files in the record's order.
# journal.txt exists only while all staged files are complete. If it exists, the next start finishes
# the change, else it removes the staged files.
import os

_rename = getattr(os, "replace", os.rename)


def kind(path):
    # Return 0 if nothing is at `path`, 1 for a file, 2 for a directory.
    try:
        return 2 if os.stat(path)[0] & 0x4000 else 1
    except OSError:
        return 0


def _remove(path):
    if kind(path):
        os.remove(path)


def _parents(path):
    # Yield the directories above `path`, the nearest first.
    path = path.rpartition("/")[0]
    while path:
        yield path
        path = path.rpartition("/")[0]


def make_parents(path):
    # Make the missing directories above `path`.
    path = path.rpartition("/")[0]
    if path and not kind(path):
        make_parents(path)
        os.mkdir(path)


def names(root):
    # Return the sorted names of the installed packages.
    base = root + "/.upip"
    return sorted([n for n in os.listdir(base) if "." not in n]) if kind(base) else []


def lines(root, name, tag):
    # Yield the text after `tag` in each line of a record that starts with it; nothing if there is
    # no such record.
    path = root + "/.upip/" + name
    if kind(path):
        with open(path, "rb") as f:
            for line in f:
                line = line[:-1].decode()
                if line.startswith(tag):
                    yield line[len(tag) :]


def files(root, name):
    # Yield the paths in the record NAME.new if it exists, else in NAME.
    if kind(root + "/.upip/" + name + ".new"):
        name += ".new"
    for text in lines(root, name, "file "):
        yield text[65:]


def version(root, name):
    # Return the version of an installed package, or None if it or one of its files is missing or
    # a file has another sha256 than the record.
    from binascii import hexlify
    from hashlib import sha256

    buf = bytearray(512)
    for text in lines(root, name, "file "):
        h = sha256()
        path = root + "/" + text[65:]
        if kind(path) != 1:
            return
        with open(path, "rb") as f:
            n = f.readinto(buf)
            while n:
                h.update(memoryview(buf)[:n])
                n = f.readinto(buf)
        if hexlify(h.digest()).decode() != text[:64]:
            return
    for found in lines(root, name, name + " "):
        return found


def check(root, staged):
    # Return the names of the installed packages that stay. Raise ValueError if a staged file
    # cannot be put into place.
    for name in staged:
        mine = {}  # path: 1 for a file, 0 for a directory
        for path in files(root, name):
            for parent in _parents(path):
                if mine.get(parent) or kind(root + "/" + parent) == 1:
                    path = parent
                mine[parent] = 0
            if path in mine or kind(root + "/" + path) == 2:
                raise ValueError("%s: %s would replace a file or directory" % (name, path))
            mine[path] = 1
        for other in set(names(root) + staged):
            if other != name:
                for path in files(root, other):
                    for parent in _parents(path):
                        if mine.get(parent):
                            path = parent
                    if path in mine:
                        raise ValueError("%s and %s both have %s" % (name, other, path))


def commit(root, sign, names):
    # Put packages into place ("+") or remove them ("-"), all or none. Raise OSError if the
    # file system fails; then the next call of recover finishes the change.
    base = root + "/.upip/journal."
    with open(base + "tmp", "w") as f:
        f.write(sign + (" " + sign).join(names))
    _rename(base + "tmp", base + "txt")
    recover(root)


def recover(root):
    # Finish or undo an interrupted change. Each step can be repeated after a power cut.
    base = root + "/.upip/"
    if not kind(base[:-1]):
        return
    journal = base + "journal.txt"
    if kind(journal):
        with open(journal) as f:
            jobs = f.read().split()
        placed = [job[1:] for job in jobs if job[0] == "+"]
        for job in jobs:
            _remove_old(root, job[1:], placed)
        for job in jobs:
            if job[0] == "+":
                _place(root, base + job[1:], files(root, job[1:]))
            else:
                _remove(base + job[1:])
        os.remove(journal)
    for name in os.listdir(base[:-1]):
        if "." in name:
            os.remove(base + name)
    if not os.listdir(base[:-1]):
        os.rmdir(base[:-1])


def _remove_old(root, name, placed):
    # Remove the files of an installed package that no package in `placed` has.
    keep = ()
    if name in placed:
        keep = set(files(root, name))
    for text in lines(root, name, "file "):
        path = text[65:]
        if path not in keep and not any(path in files(root, other) for other in placed):
            path = root + "/" + path
            _remove(path)
            for parent in _parents(path):
                if parent == root or kind(parent) and os.listdir(parent):
                    break
                if kind(parent):
                    os.rmdir(parent)


def _place(root, record, paths):
    # Rename the staged files of a package, then its record.
    if kind(record + ".new"):
        count = 0
        for path in paths:
            staged = "%s.%d" % (record, count)
            count += 1
            if kind(staged):
                path = root + "/" + path
                make_parents(path)
                _rename(staged, path)
        _rename(record + ".new", record)
