# A flash in RAM with one of the file systems of boards, mounted at /flash.
import os


class Flash:
    # A block device that remembers what was written to it, as (offset, data).

    def __init__(self, file_system, size, image=None):
        self.is_fat = file_system[:3] == "fat"
        self.block = int(file_system[3:]) if self.is_fat else 4096
        name = {"lfs1": "VfsLfs1", "lfs2": "VfsLfs2"}.get(file_system, "VfsFat")
        self._file_system = getattr(os, name)
        self._size = size
        self.log = []
        if image is None:
            self.image = bytearray(b"\xff" * size)
            self._file_system.mkfs(self)
        else:
            self.image = bytearray(image)
        os.mount(self._file_system(self), "/flash")

    def readblocks(self, n, buf, offset=0):
        at = n * self.block + offset
        buf[:] = memoryview(self.image)[at : at + len(buf)]

    def writeblocks(self, n, buf, offset=0):
        self._put(n * self.block + offset, bytes(buf))

    def ioctl(self, op, arg):
        if op == 6 and not self.is_fat:
            self._put(arg * self.block, b"\xff" * self.block)
        return {4: self._size // self.block, 5: self.block}.get(op, 0)

    def take_log(self):
        # Return the writes since the last call.
        log = self.log
        self.log = []
        return log

    def _put(self, at, data):
        self.log.append((at, data))
        self.image[at : at + len(data)] = data


def tree(path):
    # Return {path: content, or None for a directory} of what is below `path`.
    found = {}
    for entry in os.ilistdir(path):
        below = path + "/" + entry[0]
        if entry[1] & 0x4000:
            found[below] = None
            found.update(tree(below))
        else:
            with open(below, "rb") as f:
                found[below] = f.read()
    return found
