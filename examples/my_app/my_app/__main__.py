"""Print the page, or serve page and picture over HTTP: `-m my_app [serve]`."""

import sys

import pkg_resources

from my_app import utils


def read(name):
    with pkg_resources.resource_stream(__name__, name) as stream:
        return stream.read()


def render():
    page = read("data/page.html").decode()
    width, height = utils.image_size()
    return page.replace("{width}", str(width)).replace("{height}", str(height))


def serve(port=8080):
    import socket

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    listener.listen(1)
    while True:
        connection = listener.accept()[0]
        wants_image = b"/image.png" in connection.recv(1024).split(b"\r\n")[0]
        kind, body = (
            (b"image/png", read("data/image.png"))
            if wants_image
            else (b"text/html", render().encode())
        )
        head = b"HTTP/1.0 200 OK\r\nContent-Type: " + kind + b"\r\n"
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        print(render())
