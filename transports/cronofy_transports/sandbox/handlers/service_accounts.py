"""Accounts that reach a whole domain, as answers show them."""

from __future__ import annotations

from cronofy_async.models.calendars import ProviderName
from cronofy_async.models.identity import (
    AccountType,
    AuthorizationInfo,
    AuthorizationStatus,
    ServiceAccountInfo,
    Userinfo,
    UserinfoData,
)

from ..state.access import Authorization
from ..state.enterprise import ServiceAccount

__all__ = ("of_service_account",)


def of_service_account(authorization: Authorization, account: ServiceAccount) -> Userinfo:
    """Everything that an application may know about a service account."""
    return Userinfo(
        sub=account.sub,
        email=account.email,
        type=AccountType.SERVICE_ACCOUNT,
        data=UserinfoData(
            authorization=AuthorizationInfo(
                scope=authorization.scope,
                status=AuthorizationStatus.ACTIVE,
                delegated_scope=authorization.delegated_scope,
            ),
            service_account=ServiceAccountInfo(
                provider_name=ProviderName(account.provider_name), domain=account.domain
            ),
        ),
        service_account_domain=account.domain,
    )
