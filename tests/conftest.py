"""For every test: hypothesis looks at the same examples each time.

`HYPOTHESIS_PROFILE=explore make test` looks at others, and more of them.
"""

import os

import pytest
from hypothesis import settings

# Its asserts are the matrix's own; before anything imports it.
pytest.register_assert_rewrite("support.matrix.behaviours")

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
