"""A transport for upip in an interpreter without sockets."""

TRANSPORT = """
import upip

def transport(url):
    try:
        return open("net/" + url.partition("//")[2].rstrip("/"), "rb")
    except OSError:
        return None

def install(*packages, **options):
    try:
        upip.install(list(packages), path="lib", transport=transport, **options)
    except upip.Error as e:
        print("Error:", e)
"""


INDEX = "http://x/simple"


def below_lib(outcome):
    """Return the files below lib after a run."""
    return {
        path.removeprefix("lib/"): data
        for path, data in outcome.files.items()
        if path.startswith("lib/")
    }
