# The records in PATH/.upip/, and the steps that put staged files into place.
#
# NAME is the record of an installed package. A name with a dot belongs to an incomplete change:
# NAME.new is a record, NAME.0, NAME.1 ... are its files in the record's order. NAME.del is an empty
# file and means that NAME is being removed. journal.txt exists only while all staged files are
# complete. If it exists, the next start finishes the change, else it removes the staged files.
#
# A power cut while upip replaces itself leaves modules of two versions. So recover finishes a
# change without other modules of upip, and its name, parameter and result are the same in every
# version.
import os

try:
    from os import ilistdir
except ImportError:
    from upip_cpython import ilistdir

OWN = 1
LEFT = 2
_rename = getattr(os, "replace", os.rename)


def kind(path):
    # Return 0 if nothing is at `path`, 1 for a file, 2 for a directory.
    try:
        return 2 if os.stat(path)[0] & 0x4000 else 1
    except OSError:
        return 0


def remove(path):
    # Remove a file if it is there. A directory in its place is not of a package.
    if kind(path) == 1:
        os.remove(path)


def parents(path):
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


def remove_empty_parents(root, path):
    for parent in parents(root + "/" + path):
        if parent == root:
            break
        try:
            os.rmdir(parent)
        except OSError:
            if kind(parent):
                break


def list_names(base, sign, has_sign, most):
    # Return at most `most` names in a directory that have `sign` in them, or have not. The
    # directory is read to its end, since MicroPython closes it there. After a power cut a FAT
    # directory can have names that are not text.
    found = []
    for entry in ilistdir(base.encode()):
        if (sign in entry[0]) == has_sign and len(found) < most:
            try:
                found.append(entry[0].decode())
            except UnicodeError:
                pass
    return found


def names(root):
    # Return the sorted names of the installed packages.
    base = root + "/.upip"
    return sorted(list_names(base, b".", False, 9999)) if kind(base) else []


def lines(root, name, tag):
    # Yield the text after `tag` in each line of a record that starts with it; nothing if there is
    # no such record.
    path = root + "/.upip/" + name
    if kind(path) == 1:
        with open(path, "rb") as f:
            for line in f:
                try:
                    line = line.strip(b"\n").decode()
                except UnicodeError:
                    line = ""
                if line.startswith(tag):
                    yield line[len(tag) :]


def paths(root, record):
    # Yield the paths in a record. A path that leaves the directory or leads to the records is "".
    for text in lines(root, record, "file "):
        path = text[65:]
        for part in path.split("/"):
            if part in ("", ".", ".."):
                path = ""
        # "~1.upi" is the short name of .upip on FAT.
        is_bad = "\\" in path or path[:1] == "~" and "0" <= path[1:2] <= "9"
        is_bad = is_bad or path[:5].lower() in (".upip", "upip~")
        yield "" if is_bad else path


def files(root, name):
    # Yield the paths in the record NAME.new if it exists, else in NAME.
    return paths(root, name + ".new" * bool(kind(root + "/.upip/" + name + ".new")))


def fold(path):
    # Return a key that is equal for two paths if FAT may take them for one. FatFs takes each byte
    # for a letter of code page 437, and compares letters without case or accents.
    return bytes([byte if byte < 128 else 63 for byte in path.encode().lower()])


def install(root, names):
    # Put staged packages into place, all or none. Raise OSError if the file system fails; then the
    # next call of recover finishes the change.
    #
    # On FAT the journal is there before all of its data. It is complete if it ends with the newline
    # that it starts with. Return the result of recover.
    with open(root + "/.upip/journal.txt", "w") as f:
        f.write("\n+%s\n" % " +".join(names))
    return recover(root)


def recover(root):
    # Finish a change whose staged files are complete. Each step can be repeated after a power cut.
    # Return OWN if files of upip were replaced, so that modules in memory are of another version.
    # Return LEFT if upip_manage has to end a change in another way, else 0.
    base = root + "/.upip/"
    try:
        # After a power cut littlefs shows the past until something changes it, or tries to.
        os.remove(base + "no.such.file")
    except OSError:
        pass
    if kind(base[:-1]) != 2:
        return 0
    # The file systems of boards have no inodes. Between the two steps of a rename FAT has both
    # names share the data, so that removing one destroys both. littlefs 1 can damage other files
    # when it completes a rename after a power cut. So files are copied there. On FAT, case does not
    # matter.
    is_fat = kind(root + "/.UPIP")
    move = _rename if os.stat(root)[1] else _copy
    jobs = read_journal(root)
    placed = [job[1:] for job in jobs if job[0] == "+"]
    is_own = False
    for name in placed:
        count = 0
        for path in files(root, name):
            staged = "%s%s.%d" % (base, name, count)
            count += 1
            if path and kind(staged):
                is_own = is_own or path[:5] in ("upip.", "upip_", "upip/")
                path = root + "/" + path
                make_parents(path)
                if is_fat:
                    remove(path)  # it may be spelled in other letters
                move(staged, path)
    for job in jobs:
        remove_files(root, job[1:], placed, is_fat)
        if job[0] == "-":
            remove(base + job[1:])
    for name in placed:
        if kind(base + name + ".new"):
            move(base + name + ".new", base + name)
    remove(base + "journal.txt")
    base = base[:-1]
    if is_own:
        return OWN
    if list_names(base, b".", True, 1):
        return LEFT
    if not list_names(base, b".", False, 1):
        os.rmdir(base)
    return 0


def read_journal(root):
    # Return the steps of a change whose staged files are complete: "+NAME" or "-NAME".
    path = root + "/.upip/journal.txt"
    jobs = b""
    if kind(path) == 1:
        with open(path, "rb") as f:
            jobs = f.read()
    if jobs[:1] == b"\n" != jobs[-1:]:
        return []
    letters = b"abcdefghijklmnopqrstuvwxyz0123456789-"
    return [
        job.decode()
        for job in jobs.split()
        if job[:1] in (b"+", b"-") and job[1:] and not job[1:].strip(letters)
    ]


def _copy(source, target):
    # littlefs has the old content of the target until it is closed.
    with open(source, "rb") as f:
        with open(target, "wb") as out:
            data = f.read(512)
            while data:
                out.write(data)
                data = f.read(512)
    os.remove(source)


def remove_files(root, name, placed, is_fat):
    # Remove the files of the record NAME that no package in `placed` has, 32 at a time so that the
    # number of files does not matter.
    start = 0
    count = 1
    while start < count:
        old = {}
        count = 0
        for path in paths(root, name):
            if path and start <= count < start + 32:
                old[fold(path) if is_fat else path] = path
            count += 1
        start += 32
        for other in placed:
            for path in files(root, other):
                old.pop(path and fold(path) if is_fat else path, None)
        for path in old.values():
            remove(root + "/" + path)
            remove_empty_parents(root, path)
