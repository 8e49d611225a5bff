"""Figures of Handraiser, measured side by side with what they are compared to, on one machine in one run."""
