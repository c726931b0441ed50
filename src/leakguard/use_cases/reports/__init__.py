"""What is left to do in an incident, its closing, and its report, with the metrics of many incidents."""
