"""A lock of the operating system on an open file: a process that ends lets it go by itself."""

import errno
import os
import sys

# Windows locks bytes against reading too, so the locked byte lies far behind any text.
_LOCKED_BYTE = 1 << 30
# What the systems answer when another holds the lock; anything else is a disk without locks.
HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    def lock_file(fd: int) -> None:
        """Take the lock; raises OSError when another process holds it, or there are no locks."""
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

    def unlock_file(fd: int) -> None:
        """Let the lock go."""
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock_file(fd: int) -> None:
        """Take the lock; raises OSError when another holds it, or there are no locks."""
        # flock belongs to the open file, so a second window of this very process is refused too.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def unlock_file(fd: int) -> None:
        """Let the lock go."""
        fcntl.flock(fd, fcntl.LOCK_UN)
