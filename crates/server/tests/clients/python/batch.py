"""Batches, by msgraph-core."""

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_content_collection import BatchRequestContentCollection
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph.generated.drives.item.items.item.create_link.create_link_post_request_body import (
    CreateLinkPostRequestBody,
)
from msgraph.generated.models.drive import Drive
from msgraph.generated.models.permission import Permission

from checks import READY, check, equal, person, run
from graph import As

alice = As("alice")


def get(path):
    request = RequestInformation()
    request.http_method = Method.GET
    request.url = f"{READY['baseUrl']}/v1.0{path}"
    return request


@check("requests that are independent are answered each")
async def _():
    batch = BatchRequestContent()
    batch.add_request_information(get("/me/drive"), "drive")
    batch.add_request_information(get("/me/drive/items/01NOTTHERE"), "missing")
    answer = await alice.graph.batch.post(batch_request_content=batch)
    equal(answer.get_response_status_codes(), {"drive": 200, "missing": 404}, "the statuses")
    equal(answer.get_response_by_id("drive", Drive).id, person("alice")["driveId"], "the drive")


@check("links are made in a batch")
async def _():
    batch = BatchRequestContent()
    for index in range(3):
        item = await alice.put(f"batch/{index}.txt", "shared")
        wish = CreateLinkPostRequestBody(type="view", scope="anonymous")
        batch.add_request_information(alice.item(item.id).create_link.to_post_request_information(wish), str(index))
    answer = await alice.graph.batch.post(batch_request_content=batch)
    equal(answer.get_response_status_codes(), {"0": 201, "1": 201, "2": 201}, "the statuses")
    equal(len({answer.get_response_by_id(key, Permission).link.web_url for key in "012"}), 3, "how many links there are")


@check("requests that depend on others wait for them")
async def _():
    first = BatchRequestItem(get("/me/drive/root"), "1")
    second = BatchRequestItem(get("/me/drive/items/01NOTTHERE"), "2", depends_on=[first])
    third = BatchRequestItem(get("/me/drive"), "3", depends_on=[second])
    batch = BatchRequestContent({"1": first, "2": second, "3": third})
    answer = await alice.graph.batch.post(batch_request_content=batch)
    equal(answer.get_response_status_codes(), {"1": 200, "2": 404, "3": 424}, "the statuses")


@check("a body that is no object goes in base64")
async def _():
    # msgraph-core 1.5.2 takes JSON for the bodies of a batch and nothing else, and sends what is no object in base64.
    request = get("/me/drive/root:/batch/list.json:/content")
    request.http_method = Method.PUT
    request.headers.add("Content-Type", "application/octet-stream")
    request.content = b"[1, 2, 3]"
    batch = BatchRequestContent()
    batch.add_request_information(request, "1")
    answer = await alice.graph.batch.post(batch_request_content=batch)
    equal(answer.get_response_status_codes(), {"1": 201}, "the statuses")
    equal(await alice.item("root:/batch/list.json:").content.get(), b"[1, 2, 3]", "the content")


@check("more than twenty requests go in several batches")
async def _():
    batches = BatchRequestContentCollection()
    for index in range(25):
        batches.add_batch_request_item(BatchRequestItem(get("/me/drive"), str(index)))
    answers = await alice.graph.batch.post(batch_request_content=batches)
    statuses = {key: each for answer in answers.get_responses() for key, each in answer.get_response_status_codes().items()}
    equal(statuses, {str(index): 200 for index in range(25)}, "the statuses")


run()
