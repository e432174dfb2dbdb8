"""Tests that see the whole demo; a package, so that its fixture lasts for all of them."""
