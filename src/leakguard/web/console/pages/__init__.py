"""The pages of the console: one module for each subject, each with `SCREENS` and `ACTS`."""
