# The links on a page of a simple index (PEP 503), written as most indexes write it. From the first
# tag on that could mean more than it seems to, upip_html reads the page.


def _join(base, url):
    # Return the absolute URL of a link on the page `base`, "" for a link that needs upip_html.
    rest = url
    parts = base.partition("?")[0].split("/")[:-1]
    while rest[:3] == "../":
        rest = rest[3:]
        if len(parts) > 3:
            parts.pop()
    for sign in ("/.", "?", "@", "[", "]", "&"):
        if sign in "/" + rest:
            return ""
    scheme, mark, path = url.partition("://")
    if mark:
        return url if scheme in ("http", "https") and path.find("/") > 0 else ""
    return "" if rest[:1] in "/" or ":" in rest else "/".join(parts) + "/" + rest


def _read_tag(text, at, end):
    # Return (value of the first attribute, whether the link is yanked, what follows the last value)
    # of the tag text[at:end], in which each value is in quotes. Return None for other tags, and if
    # the tag does not end at `end`.
    value = None
    is_yanked = False
    while text.find(b"'", at, end) < 0:
        quote = text.find(b'"', at, end)
        if quote < 0:
            return value, is_yanked, text[at:end]
        name = text[at:quote]
        if name.find(b"=") != len(name) - 1 or not name[-2:-1].isalpha() or b" " not in name:
            break
        if name == b" data-yanked=":
            is_yanked = True
        elif b"yanked" in name.lower():
            break
        at = text.find(b'"', quote + 1, end) + 1
        if not at:
            break
        if value is None:
            value = text[quote + 1 : at - 1]


def _read_link(value, is_yanked, rest, base):
    # Return what `links` yields for the tag <a href="VALUE"...>. Return None if it needs upip_html.
    if rest or not value or min(value) < 33 or max(value) > 126:
        return
    url, mark, sha = value.partition(b"#sha256=")
    if mark and (len(sha) != 64 or sha.strip(b"0123456789abcdef")) or b"#" in url:
        return
    url = _join(base, url.decode())
    return (url, sha.decode(), is_yanked) if url else None


def links(body):
    # Yield (URL, sha256, is yanked) of each link on a page. The sha256 is "" if the page has none,
    # and "bad" for one that no file has.
    text = b""
    at = 0
    while True:
        at = text.find(b"<", at)
        if at < 0:
            at = len(text)
        start = text[at : at + 9]
        is_comment = start[:4] == b"<!--"
        end = text.find(b"-->", at + 4) if is_comment else text.find(b">", at)
        is_plain = is_comment or start[1:2] in b"/!?"
        if len(text) < at + 4 or end < 0:
            text = text[at:]
            at = 0
            piece = body.read()
            if not piece:
                return
            text += piece
            if len(text) < 1024:
                continue
            is_plain = False
        elif start[1:2].isalpha():
            is_plain = _read_tag(text, at, end)
            if start[:2].lower() == b"<a" or start[:5].lower() == b"<base":
                is_plain = is_plain and start == b'<a href="' and _read_link(*is_plain, body.url)
                if is_plain:
                    yield is_plain
        if not is_plain:
            from upip_html import links

            yield from links(body, text[at:])
            return
        at = end + 1
