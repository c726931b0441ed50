"""The handlers of the API, one module a noun; each ends with the lines that it adds to the register."""
