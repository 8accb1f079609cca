"""Which modules are mutated, and whose tests must notice."""

from __future__ import annotations

from typing import Final

__all__ = ("GROUPS", "TESTS")

_RETRIES: Final = (
    "test_exchange.py",
    "test_retries.py",
    "test_budget.py",
    "test_exchange_edges.py",
)
_HOSTS: Final = ("test_hosts.py", "test_given_urls.py")
_CALLBACKS: Final = (
    "test_callbacks.py",
    "test_callbacks_edges.py",
    "test_callbacks_scheduling.py",
)
_TOKENS: Final = (
    "tokens/test_renewal.py",
    "tokens/test_trouble.py",
    "tokens/test_sharing.py",
    "tokens/test_secrets.py",
    "tokens/test_lost_answers.py",
    "tokens/test_in_the_sandbox.py",
    "tokens/test_sqlite.py",
    "tokens/test_records.py",
    "tokens/test_edges.py",
)
_PAGING: Final = (
    "test_paging.py",
    "test_pagers.py",
    "test_pagers_resume.py",
    "test_pagers_again.py",
    "test_pagers_edges.py",
    "test_cursors.py",
    "test_pagers_shifting.py",
    "test_page_heads.py",
    "test_sync_pagers.py",
    "test_given_urls.py",
    "fanout/test_splitting.py",
    "fanout/test_resuming.py",
)

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "retry": ("core/exchange.py", "core/refusals.py"),
    "budget": ("core/budget.py",),
    "governor": ("client/windows.py", "client/pacing.py", "client/sharing.py"),
    "origin check": ("core/hosts.py",),
    "HMAC": ("callbacks.py",),
    "lease": ("client/holders.py", "client/records.py", "client/tokens.py"),
    "paging": ("core/paging.py", "core/cursors.py", "client/walks.py", "client/chains.py"),
}
"""What reliability rests on; the places are below ``cronofy_async``."""

_BY_GROUP: Final = {
    "retry": _RETRIES,
    "budget": ("test_budget.py", "test_exchange_edges.py"),
    "origin check": _HOSTS,
    "HMAC": _CALLBACKS,
    "lease": _TOKENS,
    "paging": _PAGING,
}

_BY_MODULE: Final[dict[str, tuple[str, ...]]] = {
    "client/windows.py": ("test_windows.py", "test_windows_edges.py"),
    "client/pacing.py": ("test_pacing.py", "test_pacing_edges.py", "test_quota.py"),
    "client/sharing.py": (
        "test_sharing_edges.py",
        "test_pacing_edges.py",
        "test_quota_stores.py::TestLostStore",
        "test_quota_stores.py::test_a_refusal_slows_all_processes_down",
        "test_quota_stores.py::test_nothing_goes_out_before_its_moment",
    ),
    "client/holders.py": (
        "tokens/test_edges.py",
        "tokens/test_renewal.py",
        "tokens/test_trouble.py",
        "tokens/test_sharing.py",
        "tokens/test_lost_answers.py",
    ),
    "core/refusals.py": (
        "test_exchange_edges.py",
        "test_exchange.py",
        "test_operation_core.py",
        "sandbox/test_sandbox_applications.py",
    ),
    "core/paging.py": (
        "test_paging.py",
        "test_paging_edges.py",
        "test_page_heads.py",
        "test_decoding_laws.py",
        "test_pagers_edges.py",
        "test_pagers_shifting.py",
    ),
}

TESTS: Final[dict[str, tuple[str, ...]]] = {
    module: _BY_MODULE[module] if module in _BY_MODULE else _BY_GROUP[group]
    for group, modules in GROUPS.items()
    for module in modules
}
"""The tests of each module, below ``tests``."""
