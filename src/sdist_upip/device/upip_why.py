# Why no release is found.


def explain_absence(indexes, name, available, parent):
    # Return the reason and the remedy.
    #
    # available: a version that does not fit, or None
    # parent: the package that needs `name`, or "you"
    if not indexes:
        return "no index is set. Pass index_urls= or -i, or run sdist-upip device"
    why = "no .tar.gz file in " + " ".join(indexes)
    if available:
        why = "no version fits. Available: " + available
    if parent != "you":
        why += " (%s needs it). If the board has it, pass without=[%r]" % (parent, name)
        why += " or --without %s. deps=False or --no-deps installs no dependencies" % name
    return why
