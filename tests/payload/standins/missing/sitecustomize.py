"""Dummies for packages that straxen imports for drawings, machine learning and monitoring, where a machine lacks them.

Whatever is asked of such a module is a dummy class. A package that is there is used: the finder is the last one.
"""

import importlib.abc
import importlib.machinery
import sys
import types

NAMES = ("bokeh", "daqnt", "datashader", "git", "graphviz", "holoviews", "hug", "hvplot", "jax", "jaxlib", "matplotlib", "m2r",
         "memory_profiler", "multihist", "npshmex", "numpyro", "panel", "param", "pdmongo", "pydantic_panel",
         "tensorflow", "xeauth")


class _DummyType(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Dummy


class _Dummy(metaclass=_DummyType):
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return args[0] if len(args) == 1 and callable(args[0]) else self  # as a decorator would

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Dummy


class _DummyModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Dummy


class _LastFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] in NAMES else None

    def create_module(self, spec):
        module = _DummyModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module):
        pass


sys.meta_path.append(_LastFinder())
