"""The people and rooms of an Organizational Unit."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Retry, Stability
from ..core.paging import PagedOperation
from ..models.organizations import OrganizationalUnitMember, OrganizationalUnitResource

__all__ = ("ListOrganizationalUnitMembers", "ListOrganizationalUnitResources")


@attrs.frozen(kw_only=True)
class ListOrganizationalUnitMembers(
    PagedOperation[OrganizationalUnitMember],
    method="GET",
    path="/v1/organizational_unit_members",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api-alpha/organizational-unit-members/",
    stability=Stability.ALPHA,
    items="organizational_unit_members",
    identity=("sub",),
):
    """
    List the members of an Organizational Unit. Alpha.

    The application must be an internal one, linked to the Organizational Unit.

    Answer: pages of `OrganizationalUnitMember`, in an order that is not promised; one
    request per page.

    Raises:
        PaymentRequiredError: The plan has no Scheduler.
        PermissionDeniedError: The application is not linked to an Organizational Unit.

    Source: /developers/api-alpha/organizational-unit-members/
    """


@attrs.frozen(kw_only=True)
class ListOrganizationalUnitResources(
    PagedOperation[OrganizationalUnitResource],
    method="GET",
    path="/v1/organizational_unit_resources",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api-alpha/organizational-unit-resources/",
    stability=Stability.ALPHA,
    items="organizational_unit_resources",
    identity=("sub",),
):
    """
    List the rooms and equipment of an Organizational Unit. Alpha.

    The application must be an internal one, linked to the Organizational Unit.

    Answer: pages of `OrganizationalUnitResource`, in an order that is not promised; one
    request per page.

    Raises:
        PaymentRequiredError: The plan has no Scheduler.
        PermissionDeniedError: The application is not linked to an Organizational Unit.

    Source: /developers/api-alpha/organizational-unit-resources/
    """
