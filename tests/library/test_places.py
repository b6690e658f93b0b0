"""Network shares are told by the system's own list of mounts."""

import errno
import os
import sys
from pathlib import Path

import pytest

from fabricfinder.library import places
from fabricfinder.library.places import (
    NETWORK_FILE_SYSTEMS,
    file_system_of,
    folder_is_writable,
    on_network_share,
    parse_mount_output,
    parse_proc_mounts,
)

LINUX = (
    "/dev/sda1 / ext4 rw,relatime 0 0\n"
    "tmpfs /run tmpfs rw 0 0\n"
    "nas:/swatches /mnt/nas nfs4 rw,vers=4.2 0 0\n"
    "//nas/cloth /mnt/our\\040cloth cifs rw 0 0\n"
    "/dev/sdb1 /mnt/nas/local ext4 rw 0 0\n"
    "ana@host:/ /home/ana/far fuse.sshfs rw 0 0\n"
    "short line\n"
)
MACOS = (
    "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
    "//ana@nas._smb._tcp.local/swatches on /Volumes/swatches (smbfs, nodev, mounted by ana)\n"
    "nas:/vol on /Volumes/with (brackets) (nfs)\n"
    "map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)\n"
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ana/library", "ext4"), ("/mnt/nas/library", "nfs4"), ("/mnt/nas", "nfs4"),
        ("/mnt/nasty/library", "ext4"), ("/mnt/our cloth/a/b", "cifs"),
        ("/mnt/nas/local/library", "ext4"), ("/home/ana/far/x", "fuse.sshfs"), ("/run/x", "tmpfs"),
    ],
)  # fmt: skip
def test_linux_mounts(path: str, kind: str) -> None:
    assert file_system_of(path, parse_proc_mounts(LINUX)) == kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/Users/ana/library", "apfs"), ("/Volumes/swatches/library", "smbfs"),
        ("/Volumes/with (brackets)/x", "nfs"),
    ],
)  # fmt: skip
def test_macos_mounts(path: str, kind: str) -> None:
    assert file_system_of(path, parse_mount_output(MACOS)) == kind


def test_what_counts_as_a_share() -> None:
    assert {"nfs4", "cifs", "smbfs", "fuse.sshfs"} <= NETWORK_FILE_SYSTEMS
    local = {"ext4", "btrfs", "xfs", "apfs", "tmpfs", "overlay", "fuse.ntfs-3g", "exfat"}
    assert not NETWORK_FILE_SYSTEMS & local


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/mounts")
def test_a_share_is_found_through_the_list_of_mounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert on_network_share(tmp_path / "not there yet") is False
    real = Path.read_text

    def read_text(self: Path, *args: str, **kwargs: str) -> str:
        if str(self) == "/proc/mounts":
            return f"/dev/sda1 / ext4 rw 0 0\nnas:/x {tmp_path} nfs4 rw 0 0\n"
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", read_text)
    assert on_network_share(tmp_path / "not there yet") is True


def test_unc_paths_are_shares() -> None:
    assert places._windows_share("\\\\nas\\swatches\\library")
    assert places._windows_share("\\\\?\\UNC\\nas\\swatches\\library")
    if sys.platform != "win32":
        assert not places._windows_share("C:\\Users\\ana")
        assert not places._windows_share("\\\\?\\C:\\Users\\ana")


def test_a_folder_is_tried_by_making_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder_is_writable(tmp_path) and list(tmp_path.iterdir()) == []
    (tmp_path / f".fabricfinder-{os.getpid()}.tmp").touch()  # left by a crash
    assert folder_is_writable(tmp_path) and list(tmp_path.iterdir()) == []
    assert not folder_is_writable(tmp_path / "nowhere")

    def refuse(*args: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("fabricfinder.library.places.os.open", refuse)
    assert not folder_is_writable(tmp_path)
