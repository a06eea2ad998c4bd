"""The job: what the web process names is what a worker can run, without an argument."""

import importlib
import inspect

from comments.wakeup import DRAIN


def test_the_jobs_name_is_a_function_without_arguments() -> None:
    module, _, name = DRAIN.rpartition(".")

    job = getattr(importlib.import_module(module), name)

    assert inspect.isfunction(job)
    assert not inspect.signature(job).parameters
    assert inspect.signature(job).return_annotation is None


def test_the_job_says_why_it_may_run_twice() -> None:
    module, _, name = DRAIN.rpartition(".")

    assert "twice" in (getattr(importlib.import_module(module), name).__doc__ or "")
