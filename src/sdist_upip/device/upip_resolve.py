# Which packages to install: requirements are taken from a queue, breadth first.
#
# queue: [(name, extras, specifiers, parent, version, URL), ...]
# chosen: {name: (version, parent, extras)} of the packages that were taken
from upip_req import matches, requirement, traits


def enqueue(queue, text, extras, parent):
    # Queue a requirement, unless its marker does not apply. Only you can name an archive.
    version = url = None
    if ".tar.gz" in text and parent == "you":
        from upip_index import archive_name

        url = text
        text, version, _ = archive_name(text.partition("#")[0])
    name, own, specs, marker = requirement(text)
    if marker:
        from upip_marker import applies

        if not applies(marker, extras):
            return
    queue.append((name, own, specs, parent, version, url))


def choose(queue, chosen, root):
    # Take the next requirement. Return (name, version, URL, specifiers, extras that are new,
    # parents). The version is that of the archive at the URL, or of the package that is installed
    # or staged. The specifiers are None if an index need not be asked, else parents explain them.
    name, extras, specs, parent, version, url = queue.pop(0)
    parents = ""
    if name in chosen:
        version, first, known = chosen[name]
        if not matches(version, specs):
            raise ValueError(
                "%s: %s needs %s, but %s took %s" % (name, parent, specs, first, version)
            )
        extras = [extra for extra in extras if extra not in known]
        known.extend(extras)
        return name, version, None, None, extras, parents
    for other in queue:
        if other[0] == name and other[2]:
            specs += "," * bool(specs) + other[2]
            parents = ". %s and %s need %s" % (parent, other[3], specs)
    chosen[name] = version, parent, extras[:]
    if url:
        return name, version, url, None, extras, parents
    from upip_store import kind

    if kind("%s/.upip/%s" % (root, name)):
        from upip_needs import version as get_version

        version = get_version(root, name)
        if version and (parent != "you" or traits(specs)[1]) and matches(version, specs):
            specs = None
            print(name, version, "is installed")
    return name, version, None, specs, extras, parents


def follow(queue, chosen, root, name, version, extras, is_staged):
    # Queue what a package in this version needs with some of its extras, "" for none.
    chosen[name] = version, chosen[name][1], chosen[name][2]
    if extras:
        from upip_store import lines

        try:
            for text in lines(root, name + ".new" * is_staged, "needs "):
                enqueue(queue, text, extras, name + " " + version)
        except ValueError as e:
            raise ValueError("%s: %s" % (name, e))
