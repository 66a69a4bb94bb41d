"""Fetching articles by link, without reaching private addresses."""
