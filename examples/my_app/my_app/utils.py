"""What the application knows of its picture."""

import pkg_resources


def image_size():
    """Return width and height in pixels, from the header of the PNG."""
    with pkg_resources.resource_stream(__name__, "data/image.png") as stream:
        header = stream.read(24)
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


def page_title():
    """Return the title of the page."""
    with pkg_resources.resource_stream(__name__, "data/page.html") as stream:
        page = stream.read().decode()
    return page.split("<title>")[1].split("</title>")[0]
