"""Upload sessions, by the LargeFileUploadTask of msgraph-core."""

import hashlib
from io import BytesIO

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph_core.tasks.large_file_upload import LargeFileUploadTask
from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.drive_item_uploadable_properties import DriveItemUploadableProperties
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from checks import check, equal, refusal, run
from graph import As

alice = As("alice")
MEBIBYTE = 1024 * 1024


def content(length):
    """Bytes that repeat at no length of a fragment."""
    return (bytes(range(251)) * (length // 251 + 1))[:length]


async def session(name, conflict="replace"):
    behaviour = {"@microsoft.graph.conflictBehavior": conflict}
    wish = CreateUploadSessionPostRequestBody(item=DriveItemUploadableProperties(additional_data=behaviour))
    return await alice.item(f"root:/uploads/{name}:").create_upload_session.post(wish)


def task(upload, data, **options):
    return LargeFileUploadTask(upload, alice.graph.request_adapter, BytesIO(data), DriveItem, **options)


async def assert_content(item, data):
    found = await alice.item(item.id).content.get()
    equal(hashlib.sha256(found).hexdigest(), hashlib.sha256(data).hexdigest(), "the content")


@check("LargeFileUploadTask sends a file in fragments, and its last one twice")
async def _():
    data = content(12 * MEBIBYTE + 345)
    result = await task(await session("large.bin"), data).upload()
    equal((result.item_response.name, result.item_response.size), ("large.bin", len(data)), "the item")
    await assert_content(result.item_response, data)


@check("LargeFileUploadTask sends a small file at once")
async def _():
    data = content(1000)
    result = await task(await session("small.bin"), data).upload()
    equal(result.item_response.size, len(data), "size")


@check("LargeFileUploadTask goes on where it stopped")
async def _():
    data = content(3 * MEBIBYTE)
    upload = await session("resumed.bin")
    first = task(upload, data, max_chunk_size=MEBIBYTE)
    state = await first.next_chunk(first.stream, 0, MEBIBYTE - 1)
    equal(state.next_expected_ranges, [f"{MEBIBYTE}-{len(data) - 1}"], "what is expected next")
    upload.next_expected_ranges = state.next_expected_ranges
    await task(upload, data, max_chunk_size=MEBIBYTE).resume()
    await assert_content(await alice.item("root:/uploads/resumed.bin:").get(), data)


@check("an upload session is cancelled")
async def _():
    # LargeFileUploadTask.cancel of msgraph-core 1.5.2 calls the adapter without its error_map, so that no request leaves.
    upload = task(await session("cancelled.bin"), content(MEBIBYTE))
    request = RequestInformation(method=Method.DELETE, url_template=upload.upload_session.upload_url)
    await alice.graph.request_adapter.send_no_response_content_async(request, {})
    equal(alice.status, 204, "the status")
    gone = alice.item("root:/uploads/cancelled.bin:").get()
    equal((await refusal(gone, ODataError)).response_status_code, 404, "the status")


@check("a taken name is refused where it has to be")
async def _():
    await alice.put("uploads/kept.bin", "kept")
    error = await refusal(session("kept.bin", "fail"), ODataError)
    equal(error.response_status_code, 409, "the status")


run()
