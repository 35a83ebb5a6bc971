"""cxsim."""
