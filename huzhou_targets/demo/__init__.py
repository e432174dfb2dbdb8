"""The demo: invented returns of two plans, as files that go through the same pipeline as real ones."""
