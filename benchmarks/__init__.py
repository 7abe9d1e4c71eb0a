"""Figures as ratios against a named peer in one run; see README.md beside this file."""
