"""What goes wrong, as ODataError of msgraph-sdk shows it."""

import time
from datetime import datetime, timedelta, timezone

import httpx
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.drives.item.items.item.create_link.create_link_post_request_body import (
    CreateLinkPostRequestBody,
)
from msgraph.generated.drives.item.items.item.invite.invite_post_request_body import InvitePostRequestBody
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.drive_recipient import DriveRecipient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from checks import READY, check, equal, person, refusal, run
from graph import As

alice = As("alice")


async def refused(promise, status, code):
    """Everything that the client reads of an error is there."""
    error = await refusal(promise, ODataError)
    equal((error.response_status_code, error.error.code), (status, code), "the error")
    assert error.error.message
    inner = error.error.inner_error
    assert len(inner.request_id) == 36 and inner.client_request_id
    assert isinstance(inner.date, datetime)
    assert abs(datetime.now(timezone.utc) - inner.date.replace(tzinfo=timezone.utc)) < timedelta(days=1)
    return error


@check("400: what a body says wrong is named")
async def _():
    item = await alice.put("errors/bad.txt", "bad")
    wrong = alice.item(item.id).create_link.post(CreateLinkPostRequestBody(type="peek"))
    error = await refused(wrong, 400, "invalidRequest")
    equal(error.error.target, "type", "target")


@check("401: a token that is none")
async def _():
    await refused(As("alice", token="not-a-token").drive.get(), 401, "InvalidAuthenticationToken")


@check("403: readers don't share")
async def _():
    item = await alice.put("errors/read.txt", "to read")
    grant = InvitePostRequestBody(
        recipients=[DriveRecipient(email=person("bob")["userPrincipalName"])], roles=["read"], require_sign_in=True
    )
    await alice.item(item.id).invite.post(grant)
    theirs = As("bob").graph.drives.by_drive_id(person("alice")["driveId"]).items.by_drive_item_id(item.id)
    wish = CreateLinkPostRequestBody(type="edit", scope="anonymous", retain_inherited_permissions=True)
    await refused(theirs.create_link.post(wish), 403, "accessDenied")


@check("404: what isn't there")
async def _():
    await refused(alice.item("root:/errors/nowhere.txt:").get(), 404, "itemNotFound")


@check("409: a name that is taken")
async def _():
    await alice.put("errors/taken.txt", "taken")
    item = await alice.put("errors/other.txt", "other")
    await refused(alice.item(item.id).patch(DriveItem(name="taken.txt")), 409, "nameAlreadyExists")


@check("412: a tag that has passed")
async def _():
    item = await alice.put("errors/tag.txt", "one")
    await alice.put("errors/tag.txt", "two")
    configuration = RequestConfiguration()
    configuration.headers.add("If-Match", item.e_tag)
    error = await refusal(alice.item(item.id).patch(DriveItem(name="late.txt"), configuration), ODataError)
    equal(error.response_status_code, 412, "the status")


@check("429: the client waits as long as it is told, and tries again")
async def _():
    bearer = {"Authorization": f"Bearer {person('admin')['accessToken']}"}
    async with httpx.AsyncClient() as client:
        throttle = f"{READY['baseUrl']}/driveway/v1/throttle"
        answer = await client.patch(throttle, headers=bearer, json={"nextRequests": 2, "retryAfterSeconds": 1})
    equal(answer.status_code, 200, "the status")
    begun = time.monotonic()
    equal((await alice.drive.get()).id, person("alice")["driveId"], "the drive")
    assert time.monotonic() - begun >= 2, "it was told twice to wait for a second"


run()
