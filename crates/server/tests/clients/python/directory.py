"""People, groups, sites and the organization, by msgraph-sdk."""

import os

from msgraph.generated.drives.item.items.item.create_link.create_link_post_request_body import (
    CreateLinkPostRequestBody,
)
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.sharepoint_settings import SharepointSettings
from msgraph.generated.models.sharing_capabilities import SharingCapabilities

from checks import READY, check, equal, person, refusal, run
from graph import As, asking

# The directory asks for scopes of its own, which the demo's tokens don't have.
graph = As("alice", token=os.environ["DIRECTORY_TOKEN"]).graph


@check("me and others")
async def _():
    me = await graph.me.get()
    equal((me.id, me.user_principal_name), (person("alice")["id"], person("alice")["userPrincipalName"]), "me")
    user = graph.users.by_user_id(person("bob")["userPrincipalName"])
    bob = await user.get(asking(user, select=["id", "displayName"]))
    equal(bob.id, person("bob")["id"], "Bob")
    assert bob.id in [user.id for user in (await graph.users.get()).value]


@check("groups")
async def _():
    group = READY["group"]["id"]
    equal((await graph.groups.by_group_id(group).get()).id, group, "the group")
    assert group in [each.id for each in (await graph.groups.get()).value]
    assert group in [each.id for each in (await graph.me.member_of.get()).value]
    assert group in [each.id for each in (await graph.me.member_of.graph_group.get()).value]


@check("sites")
async def _():
    site = await graph.sites.by_site_id(READY["site"]["id"]).get()
    found = await graph.sites.get(asking(graph.sites, search=site.display_name))
    drives = await graph.sites.by_site_id(READY["site"]["id"]).drives.get()
    assert READY["site"]["driveId"] in [drive.id for drive in drives.value]
    assert site.id in [each.id for each in found.value]


@check("the organization")
async def _():
    equal([each.id for each in (await graph.organization.get()).value], [READY["tenant"]["id"]], "the organization")


@check("the sharing settings are read and changed by an administrator")
async def _():
    settings = As("admin").graph.admin.sharepoint.settings
    equal((await settings.get()).sharing_capability, SharingCapabilities.ExternalUserAndGuestSharing, "the capability")
    changed = await settings.patch(SharepointSettings(sharing_capability=SharingCapabilities.ExternalUserSharingOnly))
    equal(changed.sharing_capability, SharingCapabilities.ExternalUserSharingOnly, "the capability")
    alice = As("alice")
    item = await alice.put("directory/anyone.txt", "not for anyone")
    refused = alice.item(item.id).create_link.post(CreateLinkPostRequestBody(type="view", scope="anonymous"))
    error = await refusal(refused, ODataError)
    equal((error.response_status_code, error.error.code), (403, "notAllowed"), "the error")


run()
