# Responses of HTTP that have no content.
from upip_html import join


def find_target(status, url, location, insecure):
    # Return the URL that a response redirects to. Raise ValueError if it does not, or if it leads
    # from https to http.
    if status in (301, 302, 303, 307, 308) and location:
        target = join(url, location)
        if insecure or url[:5] == "http:" or target[:6] == "https:":
            return target
    raise ValueError("HTTP status %d from %s" % (status, url))
