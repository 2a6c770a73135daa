# Makes the unix port a board: a flash in a file, mounted at /flash, and no other files.
import os
import sys

image, file_system, size = sys.argv[1:4]


class _Flash:
    # A block device in a file of the computer.

    def __init__(self, path, block, count):
        self._file = open(path, "r+b")
        self._block = block
        self._count = count

    def readblocks(self, n, buf, offset=0):
        self._file.seek(n * self._block + offset)
        self._file.readinto(buf)

    def writeblocks(self, n, buf, offset=None):
        if offset is None:
            offset = 0
        self._file.seek(n * self._block + offset)
        self._file.write(buf)

    def ioctl(self, op, arg):
        if op == 3:
            self._file.flush()
        if op == 6 and self._block == 4096:
            self._file.seek(arg * self._block)
            self._file.write(b"\xff" * self._block)
        return {4: self._count, 5: self._block}.get(op, 0)


class _ReadOnly(_Flash):
    def writeblocks(self, n, buf, offset=0):
        raise OSError(30)


if file_system == "posix":
    os.chdir(image)
elif file_system != "none":
    name = {"lfs1": "VfsLfs1", "lfs2": "VfsLfs2"}.get(file_system[:4], "VfsFat")
    vfs = getattr(os, name)
    block = 512 if name == "VfsFat" else 4096
    new = False
    try:
        os.stat(image)
    except OSError:
        new = True
        with open(image, "wb") as f:
            for _ in range(int(size) // 4096):
                f.write(b"\xff" * 4096)
    flash = _Flash(image, block, int(size) // block)
    if new:
        vfs.mkfs(flash)
    os.mount(vfs(flash), "/flash", readonly=file_system.endswith("-ro"))
    os.chdir("/flash")
    del flash, vfs
root = image if file_system == "posix" else "/flash"
sys.path[:] = ["", ".frozen", root, root + "/lib"]
if file_system == "none":
    os.umount("/")
