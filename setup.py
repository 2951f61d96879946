"""Build of the compiled kernels.

The kernels are optional: where no compiler (or no Cython) is at hand the installation succeeds and the
plain Python references serve, with one warning at first use (``scrubkit.kernels.compiled()`` tells which).
"""

from __future__ import annotations

import os
from pathlib import Path

from setuptools import Extension, setup

# Float contraction would let a machine with FMA differ in the last bit from one without it.
COMPILE_ARGS = ["-O3", "-g0", "-ffp-contract=off", "-fno-strict-aliasing"] if os.name == "posix" else ["/O2"]


def extensions() -> list[Extension]:
    """Return one optional extension a ``.pyx`` file, or none where Cython is missing."""
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    kernels = Path("scrubkit", "kernels")
    sources = sorted(map(str, kernels.glob("*.pyx")))
    modules = [
        Extension(
            path[: -len(".pyx")].replace(os.sep, "."),
            [path],
            include_dirs=["scrubkit/kernels"],
            depends=sorted(map(str, (*kernels.glob("*.h"), *kernels.glob("*.pxd")))),
            extra_compile_args=COMPILE_ARGS,
        )
        for path in sources
    ]
    built = cythonize(modules, compiler_directives={"language_level": "3"}) if modules else []
    for module in built:
        module.optional = True  # cythonize() returns them as mandatory
    return list(built)


setup(ext_modules=extensions(), options={"build_ext": {"parallel": os.cpu_count()}})
