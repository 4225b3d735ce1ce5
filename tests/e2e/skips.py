"""Kinds of skips. pytest.skip(why) is the ordinary one, for a component that is missing: with CI=true it is a failure, and a ctest
entry that has one is told as skipped. See conftest.py."""
import pytest


class Allowed(pytest.skip.Exception):
    """A skip also with CI=true: what this machine or this run cannot have."""
    __module__ = "builtins"


class LeftOut(Allowed):
    """Part of an entry that only AUDITSHIP_LONG=1 adds: the entry passes by its other tests."""
    __module__ = "builtins"
