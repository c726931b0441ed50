"""Servers of disks and folders in the network, and of containers."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import cameras, devices, engines, folders, printing

RECIPES: tuple[Recipe, ...] = (
    further(devices.tgt_open, "iscsi", "tgt-open"),
    further(devices.tgt_chap_open, "iscsi", "tgt-chap-open"),
    further(devices.tgt_protected, "iscsi", "tgt-protected"),
    further(devices.nbd_server_open, "nbd", "nbd-server-open"),
    further(devices.nbd_server_protected, "nbd", "nbd-server-protected"),
    further(devices.nbdkit_open, "nbd", "nbdkit-open"),
    further(folders.nfs_open, "nfs", "nfs-open"),
    further(folders.nfs_protected, "nfs", "nfs-protected"),
    further(printing.cups_open, "cups", "cups-open"),
    further(printing.cups_private_open, "cups", "cups-private-open"),
    further(printing.cups_protected, "cups", "cups-protected"),
    further(cameras.gstreamer_open, "rtsp", "gstreamer-open"),
    further(cameras.gstreamer_protected, "rtsp", "gstreamer-protected"),
    further(engines.podman, "docker", "podman-open", "podman-proxied-open", "podman-protected"),
)
