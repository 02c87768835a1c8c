"""Batches, by msgraph-core. Version 1.5.2 hands out the status of each answer, and of no answer the body."""

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_content_collection import BatchRequestContentCollection
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph.generated.drives.item.items.item.create_link.create_link_post_request_body import (
    CreateLinkPostRequestBody,
)

from checks import READY, check, equal, run
from graph import As

alice = As("alice")


def get(path):
    request = RequestInformation()
    request.http_method = Method.GET
    request.url = f"{READY['baseUrl']}/v1.0{path}"
    return request


async def send(**requests):
    # Not by add_request_information, which in msgraph-core 1.5.2 gives each request an id of its own making.
    batch = BatchRequestContent({name: BatchRequestItem(request, name) for name, request in requests.items()})
    return await alice.graph.batch.post(batch_request_content=batch)


@check("requests that are independent are answered each")
async def _():
    answer = await send(drive=get("/me/drive"), missing=get("/me/drive/items/01NOTTHERE"))
    equal(answer.get_response_status_codes(), {"drive": 200, "missing": 404}, "the statuses")


@check("links are made in a batch")
async def _():
    items = {name: await alice.put(f"batch/{name}.txt", "shared") for name in "abc"}
    wish = CreateLinkPostRequestBody(type="view", scope="anonymous")
    requests = {
        name: alice.item(item.id).create_link.to_post_request_information(wish) for name, item in items.items()
    }
    answer = await send(**requests)
    equal(answer.get_response_status_codes(), {"a": 201, "b": 201, "c": 201}, "the statuses")
    for item in items.values():
        permissions = (await alice.item(item.id).permissions.get()).value
        equal(len([each for each in permissions if each.link]), 1, "how many links there are")


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
    equal((await send(put=request)).get_response_status_codes(), {"put": 201}, "the statuses")
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
