"""Tests of how tokens are renewed, shared and kept."""
