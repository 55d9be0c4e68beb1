"""Switches a tenant filter or role check off in the running process."""

import ast
import copy
import gc
from collections import defaultdict
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from django.template import engines
from django.template.base import Template
from django.template.loaders.cached import Loader as CachedLoader
from django.template.loaders.filesystem import Loader

from config.db.compiled import CompiledQuery
from markets.models import Role
from tests.drills.mutants.finding import Mutant, cell, guarded
from tests.source_code import ROOT


# `type` and not `isinstance`, which would evaluate lazy objects.
@cache
def compiled_queries() -> list[CompiledQuery]:
    return [each for each in gc.get_objects() if issubclass(type(each), CompiledQuery)]


@cache
def cached_conditions() -> list[Any]:
    """Functions that make a condition once for all: is_suppressed and its like."""
    cached = type(compiled_queries)
    return [each for each in gc.get_objects() if type(each) is cached and ".models." in (each.__module__ or "")]


@cache
def loaded_templates() -> list[Template]:
    """Those that cells of tables keep, which no loader is asked for again."""
    return [each for each in gc.get_objects() if type(each) is Template]


def forget_compiled() -> None:
    for each in compiled_queries():
        each._compiled = None
    for each in cached_conditions():
        each.cache_clear()


@cache
def functions_by_path() -> dict[str, list[FunctionType]]:
    found = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename.startswith(str(ROOT)):
            found[each.__code__.co_filename].append(each)
    return found


def find_functions() -> None:
    """Looks at every object once, before the process forks: each fork would copy all memory if it looked."""
    gc.unfreeze()
    gc.collect()
    for each in (compiled_queries, cached_conditions, loaded_templates, functions_by_path):
        each.cache_clear()
        each()
    gc.freeze()


def apply(mutant: Mutant) -> None:
    if isinstance(mutant.change, str):
        apply_to_template(mutant)
    elif isinstance(mutant.change, tuple):
        apply_to_code(mutant)
    else:
        cell(guarded(mutant.change), "role").cell_contents = Role.VIEWER
    forget_compiled()


def apply_to_template(mutant: Mutant) -> None:
    changed = str(ROOT / mutant.path)
    of_file = Loader.get_contents
    Loader.get_contents = lambda loader, origin: mutant.change if origin.name == changed else of_file(loader, origin)
    for each in loaded_templates():
        if each.origin.name == changed:
            each.nodelist = Template(mutant.change, engine=each.engine).nodelist
    for engine in engines.all():
        for loader in engine.engine.template_loaders:
            if isinstance(loader, CachedLoader):
                loader.reset()


def apply_to_code(mutant: Mutant) -> None:
    """Gives every function of the module its code anew, with one node replaced."""
    tree, node, new = mutant.change
    path = str(ROOT / mutant.path)
    old = codes(compile(tree, path, "exec"))
    changed = codes(compile(ast.fix_missing_locations(replaced(tree, node, new)), path, "exec"))
    # A generator in a condition that is constant now is left out; then the functions keep their keys.
    by_key = changed if len(old) != len(changed) else dict(zip(old, changed.values(), strict=True))
    count = 0
    for function in functions_by_path()[path]:
        code = by_key.get(key_of(function.__code__))
        if code is not None and code.co_code + repr(code.co_consts).encode() != function.__code__.co_code:
            function.__code__ = code
            count += 1
    assert count, "no function was changed"


def replaced(tree: ast.AST, node: ast.AST, new: ast.AST) -> ast.AST:
    """A copy of the tree in which `node` is replaced. `new` may contain `node`."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, new)
                result = copy.deepcopy(tree)
                setattr(parent, name, node)
                return result
            if isinstance(value, list) and any(each is node for each in value):
                place = next(place for place, each in enumerate(value) if each is node)
                value[place] = new
                result = copy.deepcopy(tree)
                value[place] = node
                return result
    raise AssertionError("The node is not in the tree.")


def codes(code: CodeType) -> dict[tuple, CodeType]:
    found = {}
    for each in code.co_consts:
        if isinstance(each, CodeType):
            found[key_of(each)] = each
            found |= codes(each)
    return found


def key_of(code: CodeType) -> tuple:
    return code.co_qualname, code.co_firstlineno, len(code.co_varnames), code.co_freevars
