# Archives that you name by their path or URL.
from upip_index import archive_name


def read_name(url):
    # Return the normalized name and the version of an archive. Raise ValueError if the URL has
    # neither, or a fragment that is not its sha256.
    url, mark, pinned = url.partition("#")
    name, version, _ = archive_name(url)
    if mark and (pinned[:7] != "sha256=" or len(pinned) != 71):
        raise ValueError(name + ": the fragment after # is not sha256= with 64 digits")
    return name, version
