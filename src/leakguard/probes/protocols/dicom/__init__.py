"""DICOM: would a node of medical images answer a stranger's queries? An association is offered; no query is sent."""
