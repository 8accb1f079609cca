"""Measurements as ratios, both sides in one run: ``python3 run.py bench``."""
