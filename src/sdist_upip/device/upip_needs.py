# The requirements that installed packages have on staged ones.
from upip_req import matches, requirement
from upip_store import lines


def _specifiers(root, record, name):
    # Yield the specifiers for `name` in a record whose markers apply.
    for text in lines(root, record, "needs "):
        required, _, specs, marker = requirement(text)
        if required == name and marker:
            from upip_marker import applies

            if not applies(marker, [""]):
                continue
        if required == name:
            yield specs


def _version(root, record, name):
    for version in lines(root, record, name + " "):
        return version


def check(root, other, staged):
    # Raise ValueError if the installed package `other` needs another version of a staged package.
    # What it needs for extras does not count.
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
