"""Devices that steer machines or treat patients: asked where the scope's `industrial` allows it."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import dicom, plants

RECIPES: tuple[Recipe, ...] = (
    further(dicom.orthanc_open, "dicom", "orthanc-dicom-open"),
    further(dicom.orthanc_as_it_comes, "dicom", "orthanc-dicom-default-protected"),
    further(dicom.orthanc_protected, "dicom", "orthanc-dicom-protected"),
    further(dicom.dcmqrscp_protected, "dicom", "dcmqrscp-protected"),
    further(plants.pymodbus_open, "modbus", "pymodbus-open"),
    further(plants.pymodbus_nameless_open, "modbus", "pymodbus-nameless-open"),
    further(plants.asyncua_open, "opcua", "asyncua-open"),
    further(plants.asyncua_protected, "opcua", "asyncua-protected"),
    further(dicom.storescp_protected, "dicom", "storescp-protected"),
)
