"""A server that sends what it likes, as often and as slowly as it likes."""

import socket
import threading
from contextlib import contextmanager, suppress


@contextmanager
def serve(*pieces, pause=0.0, head=b"", endless=True, asked=None):
    """Yield the URL of a server that sends `head` and then `pieces`, again and again.

    `asked` is an event, which is set when the first request is there.
    """
    stop = threading.Event()
    asked = asked or threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(client):
            with client, suppress(OSError):
                client.recv(65536)
                asked.set()
                client.sendall(head)
                while not stop.is_set():
                    for piece in pieces:
                        client.sendall(piece)
                        if stop.wait(pause):
                            return
                    if not endless:
                        return

        def accept():
            with suppress(OSError):
                while True:
                    client = server.accept()[0]
                    threading.Thread(target=answer, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://localhost:{server.getsockname()[1]}"
        stop.set()
