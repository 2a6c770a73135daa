# The installed packages: to list and to remove them, and to undo a change.
import os

from upip_store import (
    files,
    kind,
    lines,
    list_names,
    names,
    read_journal,
    recover,
    remove,
    remove_empty_parents,
    remove_files,
)


def undo(root):
    # Remove all that belongs to changes which are not complete, once recover has returned LEFT.
    # NAME.new has the directories that were made for staged files. FAT can list names that cannot
    # be removed.
    base = root + "/.upip"
    if not kind(base):
        return
    is_fat = kind(root + "/.UPIP")
    for name in list_names(base, b".del", True, 99):
        for record in (name[:-4] + ".new", name[:-4]):
            remove_files(root, record, (), is_fat)
            remove("%s/%s" % (base, record))
        remove("%s/%s" % (base, name))
    count = 1
    while count:
        count = 0
        for name in list_names(base, b".", True, 16):
            if name[-4:] == ".new":
                for path in files(root, name[:-4]):
                    remove_empty_parents(root, path)
            try:
                os.remove("%s/%s" % (base, name))
                count += 1
            except OSError:
                pass
    try:
        os.rmdir(base)
    except OSError:
        pass


def list(root):
    # Return [(name, version), ...] of the installed packages, sorted by name.
    found = []
    for name in names(root):
        for version in lines(root, name, name + " "):
            found.append((name, version))
    return found


def _begin(root, name):
    # A full file system has space for a file without content.
    open("%s/.upip/%s.del" % (root, name), "w").close()


def uninstall(root, package):
    # Remove a package, and the packages of a change that cannot be finished. Return whether any was
    # there. Raise OSError if the file system fails; then the next call of recover goes on.
    from upip_req import normalize

    given_up = []
    try:
        name = normalize(package)
    except ValueError:
        name = ""
    try:
        recover(root)
    except OSError:
        for job in read_journal(root):
            given_up.append(job[1:])
            _begin(root, job[1:])
        remove(root + "/.upip/journal.txt")
    undo(root)
    if name in names(root):
        _begin(root, name)
        undo(root)
        return True
    return bool(given_up)
