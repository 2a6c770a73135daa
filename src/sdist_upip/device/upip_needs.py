# The installed packages: whether one is unchanged, and what they need of staged packages.
from upip_store import kind, lines


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
    return _version(root, name, name)


def _version(root, record, name):
    for version in lines(root, record, name + " "):
        return version


def _specifiers(root, record, name):
    # Yield the specifiers for `name` in a record whose markers apply.
    from upip_spec import requirement

    for text in lines(root, record, "needs "):
        try:
            required, _, specs, marker = requirement(text)
        except ValueError as e:
            raise ValueError("%s: %s" % (record, e))
        if required == name and marker:
            from upip_marker import applies

            if not applies(marker, [""]):
                continue
        if required == name:
            yield specs


def check_requirements(root, other, staged):
    # Raise ValueError if the installed package `other` needs another version of a staged package.
    # What it needs for extras does not count.
    from upip_spec import matches

    for name in staged:
        version = _version(root, name + ".new", name)
        for specs in _specifiers(root, other, name):
            if not matches(version, specs):
                by = "you"
                for package in staged:
                    for _ in _specifiers(root, package + ".new", name):
                        by = package + " " + _version(root, package + ".new", package)
                other += " %s (installed)" % _version(root, other, other)
                raise ValueError(
                    "%s: %s needs %s, but %s took %s" % (name, other, specs, by, version)
                )
