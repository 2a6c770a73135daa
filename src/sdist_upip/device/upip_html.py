# The links on any page of a simple index (PEP 503), from the first tag on that upip_page does not
# read. Host code: sdist_upip/index/pages.py.
_BLANKS = b" \t\r\n\f"


def _find(text, ends):
    # Return the index of the first byte of `text` that is in `ends`, or -1.
    for i in range(len(text)):
        if text[i] in ends:
            return i
    return -1


def _attributes(text):
    # Parse the attributes of a tag, from the end of its name. Return ({name: value}, text behind
    # the tag), or None if the tag is incomplete.
    found = {}
    while True:
        text = text.lstrip(_BLANKS + b"/")
        if text[:1] == b">":
            return found, text[1:]
        i = _find(text[1:], b" \t\r\n\f/=>") + 1
        if not i:
            return None
        name = text[:i].lower()
        text = text[i:].lstrip(_BLANKS)
        value = b""
        if text[:1] == b"=":
            text = text[1:].lstrip(_BLANKS)
            if text[:1] in (b'"', b"'"):
                value, quote, text = text[1:].partition(text[:1])
                i = len(quote) - 1
            else:
                i = _find(text, _BLANKS + b">")
                value = text[:i]
                text = text[i:]
        if i < 0 or not text:
            return None
        found.setdefault(name, value)


def _tags(body, text):
    # Yield the name and the attributes of the tags on a page of any length, without comments.
    skipped = 0
    piece = text or body.read()
    text = b""
    while piece:
        text += piece
        piece = body.read()
        at = text.find(b"<")
        while at >= 0:
            text = text[at:]
            at = -1
            if text[:4] == b"<!--":
                _, end, rest = text[4:].partition(b"-->")
                if end:
                    text = rest
                    at = text.find(b"<")
                else:
                    skipped += len(text) - 6
                    text = b"<!--" + text[-2:] if len(text) > 6 else text
            elif len(text) > 3 or not piece:
                tag = None
                if text[1:2].isalpha():
                    i = _find(text, b" \t\r\n\f/>")
                    tag = i > 0 and _attributes(text[i:])
                    if tag:
                        yield text[1:i].lower(), tag[0]
                        text = tag[1]
                        at = text.find(b"<")
                else:
                    # In an end tag or a declaration nothing counts up to ">".
                    i = text.find(b">") if text[1:2] in b"/!?" else 1
                    if i > 0:
                        text = text[i:]
                        at = text.find(b"<")
        if text[:1] != b"<":
            text = b""
        if len(text) > 4096 or skipped > 1 << 18:
            raise ValueError("a tag or comment of the page is too long")


def _unescape(text):
    # Decode the character references that can be in a URL.
    parts = text.split("&")
    for i in range(1, len(parts)):
        name, end, rest = parts[i].partition(";")
        if end:
            if name[:2] in ("#x", "#X"):
                letter = chr(int(name[2:], 16))
            elif name[:1] == "#":
                letter = chr(int(name[1:]))
            else:
                letter = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}.get(name)
            parts[i] = letter + rest if letter else "&" + parts[i]
        else:
            parts[i] = "&" + parts[i]
    return "".join(parts)


def _sha256(fragment):
    # Return the sha256 in the fragment of a URL, "" if there is none, "bad" if it cannot be right.
    found = ""
    for part in fragment.lower().split("&"):
        key, _, value = part.partition("=")
        if key.replace("-", "")[:6] == "sha256":
            if key != "sha256" or len(value) != 64 or value.strip("0123456789abcdef"):
                value = "bad"
            found = value if found in ("", value) else "bad"
    return found


def join(base, url):
    # Return the absolute URL of a link on the page `base` (RFC 3986), without user and password.
    # Raise ValueError if it is not a URL of http or https.
    for letter in url:
        if letter <= " " or "\x7f" <= letter < "\xa0":
            raise ValueError("bad URL " + url)
    url, mark, query = url.partition("?")
    scheme, _, rest = base.partition("//")
    host, _, path = rest.partition("/")
    if url[:2] == "//":
        url = scheme + url
    if "://" in url:
        scheme, _, url = url.partition("//")
        scheme = scheme.lower()
        host, _, url = url.partition("/")
        host = host.rpartition("@")[2]
        if scheme not in ("http:", "https:") or not host or ("[" in host) != ("]" in host):
            raise ValueError("bad URL " + url)
        path = ""
    elif ":" in url.partition("/")[0]:
        raise ValueError("bad URL " + url)
    elif url[:1] == "/":
        url = url[1:]
        path = ""
    parts = path.partition("?")[0].split("/")[:-1]
    for part in url.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    if part in (".", ".."):
        parts.append("")
    return scheme + "//" + host + "/" + "/".join(parts) + mark + query


def links(body, text=b""):
    # Yield (URL, sha256, is yanked) of each link on a page. The sha256 is "" if the page has none,
    # and "bad" for one that no file has. `text` was read from the body before.
    base = body.url
    has_base = False
    for name, attributes in _tags(body, text):
        if b"href" in attributes and (name == b"a" or name == b"base" and not has_base):
            has_base = has_base or name == b"base"
            try:
                url = _unescape(attributes[b"href"].decode()).strip()
                url, _, fragment = url.partition("#")
                url = join(base, url)
            except ValueError:
                continue
            if name == b"a":
                yield url, _sha256(fragment), b"data-yanked" in attributes
            else:
                base = url
