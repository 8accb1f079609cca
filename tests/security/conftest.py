"""What the security tests share with those of the transports."""

from __future__ import annotations

from ..transports.conftest import anyio_backend as anyio_backend
from ..transports.conftest import backend_guard as backend_guard
from ..transports.conftest import case as case
from ..transports.conftest import make as make
