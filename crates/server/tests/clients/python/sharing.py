"""createLink and its kin, by msgraph-sdk."""

from datetime import datetime, timedelta, timezone

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.drives.item.items.item.create_link.create_link_post_request_body import (
    CreateLinkPostRequestBody as Link,
)
from msgraph.generated.drives.item.items.item.create_link.create_link_request_builder import CreateLinkRequestBuilder
from msgraph.generated.drives.item.items.item.invite.invite_post_request_body import InvitePostRequestBody
from msgraph.generated.models.drive_recipient import DriveRecipient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.permission import Permission
from msgraph.generated.shares.item.permission.grant.grant_post_request_body import GrantPostRequestBody

from checks import READY, check, equal, person, refusal, run
from graph import As, encoded

alice = As("alice")
bob = As("bob")
pat = As("personal")


def recipient(kind):
    return DriveRecipient(email=person(kind)["userPrincipalName"])


def tomorrow():
    return datetime.now(timezone.utc) + timedelta(days=1)


async def linked(who, name, **wish):
    """createLink on a new file, so that the link can't be there yet."""
    item = await who.put(f"links/{name}.txt", name)
    link = await who.item(item.id).create_link.post(Link(**wish))
    return item, link


def makes(scope, kind):
    @check(f"createLink makes a link to {kind} for {scope}")
    async def _():
        people = {"recipients": [recipient("bob")]} if scope == "users" else {}
        _, link = await linked(alice, f"{scope}-{kind}", type=kind, scope=scope, **people)
        equal(alice.status, 201, "the status")
        equal((link.link.type, link.link.scope), (kind, scope), "the link")
        equal(link.roles, ["read" if kind == "view" else "write"], "roles")
        assert link.link.web_url.startswith(READY["baseUrl"])
        equal(link.has_password, False, "hasPassword")


for each in ["anonymous", "organization", "users"]:
    makes(each, "view")
    makes(each, "edit")


@check("createLink makes a link to embed on a personal drive")
async def _():
    _, link = await linked(pat, "embed", type="embed")
    equal(link.link.type, "embed", "type")
    assert link.link.web_html.startswith("<iframe ")


@check("createLink answers 201 and then 200 with the same link")
async def _():
    item, first = await linked(alice, "again", type="view", scope="anonymous")
    equal(alice.status, 201, "the status")
    second = await alice.item(item.id).create_link.post(Link(type="view", scope="anonymous"))
    equal(alice.status, 200, "the status")
    equal((second.id, second.link.web_url), (first.id, first.link.web_url), "the link")


@check("createLink fills in what is missing")
async def _():
    _, link = await linked(alice, "empty")
    equal(link.link.type, "view", "type")
    _, link = await linked(alice, "scope", scope="organization")
    equal(link.link.scope, "organization", "scope")


@check("createLink takes a password and an expiry on a personal drive")
async def _():
    end = tomorrow()
    _, link = await linked(pat, "protected", type="view", scope="anonymous", password="Wallflower 7", expiration_date_time=end)
    equal(link.has_password, True, "hasPassword")
    equal(link.expiration_date_time.replace(microsecond=0), end.replace(microsecond=0), "expirationDateTime")


@check("createLink takes the path form inside items")
async def _():
    item = await alice.put("links/deep & far/by path.txt", "by path")
    link = await alice.item("root:/links/deep & far/by path.txt:").create_link.post(Link(type="view", scope="anonymous"))
    equal(alice.status, 201, "the status")
    again = await alice.item(item.id).create_link.post(Link(type="view", scope="anonymous"))
    equal((alice.status, again.id), (200, link.id), "the second answer")


@check("createLink takes every kind of address")
async def _():
    mine = await alice.put("links/addresses.txt", "mine")
    site = alice.graph.drives.by_drive_id(READY["site"]["driveId"])
    ours = await site.items.by_drive_item_id("root:/addresses.txt:").content.put(b"site")
    group = alice.graph.drives.by_drive_id(READY["group"]["driveId"])
    theirs = await group.items.by_drive_item_id("root:/addresses.txt:").content.put(b"group")
    base = f"{READY['baseUrl']}/v1.0"
    addresses = [
        (mine, f"/me/drive/items/{mine.id}"),
        (mine, f"/users/{person('alice')['id']}/drive/items/{mine.id}"),
        (mine, f"/drives/{person('alice')['driveId']}/items/{mine.id}"),
        (theirs, f"/groups/{READY['group']['id']}/drive/items/{theirs.id}"),
        (ours, f"/sites/{READY['site']['id']}/drive/items/{ours.id}"),
    ]
    made = {}
    for item, address in addresses:
        builder = CreateLinkRequestBuilder(alice.graph.request_adapter, f"{base}{address}/createLink")
        link = await builder.post(Link(type="view", scope="organization"))
        equal(alice.status, 200 if item.id in made else 201, address)
        equal(made.setdefault(item.id, link.id), link.id, address)


@check("permissions are listed, read, changed and deleted")
async def _():
    item, link = await linked(alice, "permissions", type="view", scope="anonymous")
    permissions = alice.item(item.id).permissions
    listed = await permissions.get()
    assert link.id in [permission.id for permission in listed.value]
    one = permissions.by_permission_id(link.id)
    equal((await one.get()).link.web_url, link.link.web_url, "webUrl")
    end = tomorrow()
    changed = await one.patch(Permission(expiration_date_time=end))
    equal(changed.expiration_date_time.replace(microsecond=0), end.replace(microsecond=0), "expirationDateTime")
    await one.delete()
    equal(alice.status, 204, "the status")
    equal((await refusal(one.get(), ODataError)).response_status_code, 404, "the status")


@check("people are invited, and their role changed")
async def _():
    item = await alice.put("links/invited.txt", "for Bob")
    wish = InvitePostRequestBody(
        recipients=[recipient("bob")], roles=["read"], require_sign_in=True, retain_inherited_permissions=True
    )
    answer = await alice.item(item.id).invite.post(wish)
    equal([grant.granted_to_v2.user.id for grant in answer.value], [person("bob")["id"]], "who was invited")
    theirs = bob.graph.drives.by_drive_id(person("alice")["driveId"]).items.by_drive_item_id(item.id)
    equal(await theirs.content.get(), b"for Bob", "the content")
    grant = alice.item(item.id).permissions.by_permission_id(answer.value[0].id)
    equal((await grant.patch(Permission(roles=["write"]))).roles, ["write"], "roles")
    await theirs.content.put(b"by Bob")


@check("people join a link by grant")
async def _():
    item, link = await linked(alice, "granted", type="view", scope="users", recipients=[recipient("admin")])
    share = alice.graph.shares.by_shared_drive_item_id(encoded(link.link.web_url))
    answer = await share.permission.grant.post(GrantPostRequestBody(roles=["read"], recipients=[recipient("bob")]))
    equal(len(answer.value[0].granted_to_identities_v2), 2, "how many are on the link")
    found = await bob.graph.shares.by_shared_drive_item_id(encoded(link.link.web_url)).drive_item.get()
    equal(found.id, item.id, "the item")


@check("a share is found by its id and by its encoded address")
async def _():
    item, link = await linked(alice, "shared", type="view", scope="anonymous")
    for key in [link.share_id, encoded(link.link.web_url)]:
        share = bob.graph.shares.by_shared_drive_item_id(key)
        equal((await share.get()).name, "shared.txt", "the name")
        equal((await share.drive_item.get()).id, item.id, "driveItem")
        equal((await share.root.get()).id, item.id, "root")
        equal((await share.permission.get()).link.type, "view", "the permission")
        equal(await share.drive_item.content.get(), b"shared", "the content")


@check("a redeemed link is a right of one's own")
async def _():
    item, link = await linked(alice, "redeemed", type="view", scope="organization")
    theirs = bob.graph.drives.by_drive_id(person("alice")["driveId"]).items.by_drive_item_id(item.id)
    equal((await refusal(theirs.get(), ODataError)).response_status_code, 404, "the status")
    configuration = RequestConfiguration()
    configuration.headers.add("Prefer", "redeemSharingLink")
    await bob.graph.shares.by_shared_drive_item_id(encoded(link.link.web_url)).drive_item.get(configuration)
    equal((await theirs.get()).id, item.id, "the item")


@check("what is behind a link for people is shared with them")
async def _():
    item, _ = await linked(alice, "with-me", type="view", scope="users", recipients=[recipient("bob")])
    shared = await bob.drive.shared_with_me.get()
    found = next(entry for entry in shared.value if entry.remote_item.id == item.id)
    equal(found.remote_item.parent_reference.drive_id, person("alice")["driveId"], "the drive")


run()
