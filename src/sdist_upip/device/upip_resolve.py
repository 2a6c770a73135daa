# Which packages to install: requirements are taken from a queue, breadth first.
#
# queue: [(name, extras, specifiers, parent, version, URL), ...]
# chosen: a bytearray with a line for each package that was taken, and one more for each time that
# more of its extras were: name, version, parent, extras, "new" if it is staged. As objects the
# packages of a long chain would take 170 bytes each.
from upip_req import normalize


def enqueue(queue, text, extras, parent, without=()):
    # Queue a requirement, unless its marker does not apply or its name is in `without`. Only you
    # can name an archive.
    version = url = None
    if ".tar.gz" in text and parent == "you":
        from upip_direct import read_name

        url = text
        text, version = read_name(text)
    own, specs, marker = [""], "", ""
    try:
        name = normalize(text)
    except ValueError:
        from upip_spec import requirement

        name, own, specs, marker = requirement(text)
    if name in without:
        return
    if marker:
        from upip_marker import applies

        if not applies(marker, extras):
            return
    queue.append((name, own, specs, parent, version, url))


def _fits(version, specs):
    if specs:
        from upip_spec import matches

        return matches(version, specs)
    return True


def _is_pin(specs):
    if specs:
        from upip_spec import traits

        return traits(specs)[1]


def _find(chosen, name):
    # Return the version, the parent and all extras of a package that was taken, and whether it is
    # staged. Return None if it was not taken.
    found = None
    start = ("\n%s\t" % name).encode()
    at = chosen.find(start)
    while at >= 0:
        line = bytes(chosen[at + len(start) : chosen.find(b"\n", at + 1)]).decode()
        version, parent, extras, sign = line.split("\t")
        if found:
            found[2].extend(extras.split(","))
        else:
            found = version, parent, extras.split(","), sign == "new"
        at = chosen.find(start, at + 1)
    return found


def choose(queue, chosen, root):
    # Take the next requirement. Return (name, version, URL, specifiers, new extras, parent,
    # whether it is staged, parents). The version is that of the archive at the URL, or of the
    # package that is installed or staged. The specifiers are None if an index need not be asked,
    # else parents explain them.
    name, extras, specs, parent, version, url = queue.pop(0)
    parents = ""
    found = _find(chosen, name)
    if found:
        version, first, known, is_staged = found
        if not _fits(version, specs):
            raise ValueError(
                "%s: %s needs %s, but %s took %s" % (name, parent, specs, first, version)
            )
        extras = [extra for extra in extras if extra not in known]
        return name, version, None, None, extras, first, is_staged, parents
    for other in queue:
        if other[0] == name and other[2]:
            specs += "," * bool(specs) + other[2]
            parents = ". %s and %s need %s" % (parent, other[3], specs)
    if not url:
        from upip_store import kind

        if kind("%s/.upip/%s" % (root, name)):
            from upip_needs import version as get_version

            version = get_version(root, name)
            if version and (parent != "you" or _is_pin(specs)) and _fits(version, specs):
                specs = None
                print(name, version, "is installed")
    return name, version, url, None if url else specs, extras, parent, False, parents


def follow(queue, chosen, root, name, version, extras, parent, is_staged, deps, without):
    # Note a package as taken in this version. With `deps`, queue what it needs with some of its
    # extras, "" for none, but nothing in `without`.
    sign = "new" if is_staged else ""
    chosen.extend("\t".join((name, version, parent, ",".join(extras), sign + "\n")).encode())
    if deps:
        from upip_store import lines

        try:
            for text in lines(root, name + ".new" * is_staged, "needs "):
                enqueue(queue, text, extras, name + " " + version, without)
        except ValueError as e:
            raise ValueError("%s: %s" % (name, e))


def list_staged(chosen):
    # Return the names of the packages that are staged.
    names = []
    for line in bytes(chosen).decode().split("\n"):
        name = line.partition("\t")[0]
        if line[-4:] == "\tnew" and name not in names:
            names.append(name)
    return names
