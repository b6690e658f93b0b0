"""Where a library may lie: on a disk of this computer, in a folder that can be written."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# File systems whose locks and shared memory SQLite cannot rely on.
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "afs",
        "ncpfs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "fuse.sshfs", "fuse.rclone",
        "fuse.davfs", "fuse.glusterfs", "fuse.s3fs", "fuse.gvfsd-fuse", "ftp", "sshfs",
        "macfuse_sshfs",
    }
)  # fmt: skip
_DRIVE_REMOTE = 4  # GetDriveTypeW's answer for a mapped network drive


def parse_proc_mounts(text: str) -> list[tuple[str, str]]:
    """(mount point, file system type) of each line of Linux's /proc/mounts, in order."""
    mounts = []
    for line in text.splitlines():
        parts = line.split(" ")
        if len(parts) >= 3:
            mounts.append((_unescape(parts[1]), parts[2]))
    return mounts


def _unescape(point: str) -> str:
    """Undo the kernel's octal escapes: ``\\040`` is a space."""
    for escape, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(escape, char)
    return point


def parse_mount_output(text: str) -> list[tuple[str, str]]:
    """(mount point, file system type) of each line that macOS's ``mount`` prints.

    A line reads ``//ana@nas/swatches on /Volumes/swatches (smbfs, nodev, nosuid)``.
    """
    mounts = []
    for line in text.splitlines():
        where, bracket, rest = line.rpartition(" (")
        _, on, point = where.partition(" on ")
        if bracket and on:
            mounts.append((point, rest.split(",")[0].rstrip(")").strip()))
    return mounts


def file_system_of(path: str, mounts: Iterable[tuple[str, str]]) -> str:
    """Type of the file system an absolute path lies on: of the longest, then latest mount point."""
    best, kind = -1, ""
    for point, file_system in mounts:
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), file_system
    return kind


def on_network_share(folder: Path) -> bool:
    """Whether a folder (it need not exist yet) lies on a network share."""
    path = os.path.realpath(folder)
    if sys.platform == "win32":
        return _windows_share(path)
    if path.startswith(("//", "\\\\")):
        return True
    try:
        if sys.platform == "darwin":
            listing = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5)
            mounts = parse_mount_output(listing.stdout)
        else:
            text = Path("/proc/mounts").read_text("utf-8", "surrogateescape")
            mounts = parse_proc_mounts(text)
    except (OSError, subprocess.SubprocessError):
        return False
    return file_system_of(path, mounts) in NETWORK_FILE_SYSTEMS


def _windows_share(path: str) -> bool:
    """UNC paths, and drive letters that Windows says are remote."""
    unc = path.startswith("\\\\?\\UNC\\") or path.startswith("\\\\") and path[2:3] not in "?."
    if unc or sys.platform != "win32":
        return unc
    import ctypes

    root = os.path.splitdrive(path.removeprefix("\\\\?\\"))[0] + "\\"
    return ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE


def folder_is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, found out by making one."""
    trial = folder / f".fabricfinder-{os.getpid()}.tmp"
    try:
        os.close(os.open(trial, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.unlink(trial)
    except FileExistsError:  # left by a crash; it was made once, so the folder can be written
        trial.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a library asks of the computer around it; tests put other answers here.

    Attributes:
        on_network: whether a folder lies on a network share.
        writable: whether files can be made in a folder.
        now: the time, with its zone.
    """

    on_network: Callable[[Path], bool] = on_network_share
    writable: Callable[[Path], bool] = folder_is_writable
    now: Callable[[], datetime] = _now


THIS_COMPUTER = Surroundings()
