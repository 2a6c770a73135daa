# Checks of staged packages before they are put into place.
import gc
import os
from hashlib import sha256

from upip_store import files, fold, kind, make_parents, names, parents


class _Keys:
    # A set of paths: six bytes of a hash for each, in one piece.

    def __init__(self):
        self._keys = bytearray()

    def add(self, path):
        # Return whether the path is new.
        if path in self:
            return False
        if not len(self._keys) % 192:
            gc.collect()
        self._keys.extend(sha256(path).digest()[:6])
        return True

    def __contains__(self, path):
        key = sha256(path).digest()[:6]
        at = self._keys.find(key)
        while at > 0 and at % 6:
            at = self._keys.find(key, at + 1)
        return at >= 0


def _check_itself(root, name):
    # Return the keys of the files and of the directories of a staged package.
    own = _Keys()
    directories = _Keys()
    for path in files(root, name):
        bad = kind(root + "/" + path) == 2 or not own.add(fold(path))
        for parent in parents(path):
            is_new = directories.add(fold(parent))
            if directories.add(parent.encode() + b"/") != is_new or kind(root + "/" + parent) == 1:
                path = parent
                bad = True
            if not is_new:
                break
        if bad:
            raise ValueError("%s: %s would replace a file or directory" % (name, path))
    for path in files(root, name):
        if fold(path) in directories:
            raise ValueError("%s: %s would replace a file or directory" % (name, path))
    return own, directories


def check(root, staged):
    # Raise ValueError if the staged packages cannot be put into place as a whole. Make their
    # directories, since a full file system shows itself in that, before anything has changed.
    most = count = 0
    for name in staged:
        own, directories = _check_itself(root, name)
        for other in set(names(root) + staged):
            if other != name:
                for path in files(root, other):
                    for parent in parents(path):
                        if fold(parent) in own:
                            path = parent
                    if fold(path) in own or fold(path) in directories:
                        raise ValueError("%s and %s both have %s" % (name, other, path))
        number = 0
        for path in files(root, name):
            try:
                make_parents(root + "/" + path)
            except OSError as e:  # EACCES if FAT is full
                raise ValueError("not enough space for directories (%s)" % e)
            most = max(most, os.stat("%s/.upip/%s.%d" % (root, name, number))[6])
            number += 1
            count += len(path) // 13 + 3
    for other in names(root):
        if other not in staged:
            from upip_needs import check_requirements

            check_requirements(root, other, staged)
    if hasattr(os, "statvfs"):
        # Files are copied, and on FAT a name takes 32 bytes for each 13 letters.
        s = os.statvfs(root)
        free = s[4] if s[4] <= s[2] else 0  # littlefs counts below zero
        if s[1] * (free - 3) < 32 * count + most:
            raise ValueError("not enough space: %d bytes free" % (s[1] * free))
