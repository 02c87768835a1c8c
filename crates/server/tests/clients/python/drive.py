"""Files and folders, by msgraph-sdk."""

from datetime import datetime, timezone

import httpx
from msgraph_core.tasks.page_iterator import PageIterator
from msgraph.generated.drives.item.items.item.checkin.checkin_post_request_body import CheckinPostRequestBody
from msgraph.generated.drives.item.items.item.copy.copy_post_request_body import CopyPostRequestBody
from msgraph.generated.drives.item.items.item.restore.restore_post_request_body import RestorePostRequestBody
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.file_system_info import FileSystemInfo
from msgraph.generated.models.folder import Folder
from msgraph.generated.models.item_reference import ItemReference
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

from checks import READY, check, equal, person, refusal, run, until
from graph import As, asking

alice = As("alice")
bob = As("bob")


async def folder(name, parent="root", conflict="fail"):
    wish = DriveItem(name=name, folder=Folder(), additional_data={"@microsoft.graph.conflictBehavior": conflict})
    return await alice.item(parent).children.post(wish)


@check("drives are found in every way")
async def _():
    graph, me = alice.graph, person("alice")
    mine = await graph.me.drive.get()
    equal((mine.id, mine.drive_type), (me["driveId"], "business"), "my drive")
    assert isinstance(mine.quota.total, int)
    equal((await alice.drive.get()).id, me["driveId"], "by its id")
    equal((await graph.users.by_user_id(me["id"]).drive.get()).id, me["driveId"], "by its user")
    equal((await graph.groups.by_group_id(READY["group"]["id"]).drive.get()).id, READY["group"]["driveId"], "the group's")
    equal((await graph.sites.by_site_id(READY["site"]["id"]).drive.get()).id, READY["site"]["driveId"], "the site's")
    assert me["driveId"] in [drive.id for drive in (await graph.me.drives.get()).value]
    equal((await alice.drive.root.get()).id, (await alice.item("root").get()).id, "the root")


@check("a folder is made, and its name is taken")
async def _():
    made = await folder("Plans")
    equal((alice.status, made.folder.child_count), (201, 0), "the folder")
    error = await refusal(folder("plans"), ODataError)
    equal((error.response_status_code, error.error.code), (409, "nameAlreadyExists"), "the error")
    assert (await folder("Plans", conflict="rename")).name != "Plans"


@check("content is put, replaced and got")
async def _():
    item = await alice.put("content/first.txt", "first")
    equal(item.size, 5, "size")
    assert item.file.hashes.quick_xor_hash
    await alice.item(item.id).content.put(b"second")
    equal(await alice.item(item.id).content.get(), b"second", "the content")
    equal(await alice.item("root:/content/first.txt:").content.get(), b"second", "the content by path")
    read = await alice.item(item.id).get()
    async with httpx.AsyncClient() as client:
        equal((await client.get(read.additional_data["@microsoft.graph.downloadUrl"])).text, "second", "the download")


@check("a file of odd names is put and found")
async def _():
    for name in ["a b", "50% & more", "naïve", "1+1=2", "it's", "#1", "日本"]:
        item = await alice.put(f"odd/{name}.txt", name)
        equal(item.name, f"{name}.txt", "the name")
        equal((await alice.item(f"root:/odd/{name}.txt:").get()).id, item.id, "by path")


@check("children come page by page, sorted and selected")
async def _():
    names = [f"{index:02}.txt" for index in range(23)]
    for name in names:
        await alice.put(f"pages/{name}", name)
    children = alice.item("root:/pages:").children
    first = await children.get(asking(children, top=5, select=["id", "name"], orderby=["name desc"]))
    equal(len(first.value), 5, "the first page")
    seen = []
    await PageIterator(first, alice.graph.request_adapter).iterate(lambda item: seen.append(item) or True)
    equal([item.name for item in seen], names[::-1], "all pages")
    assert all(item.size is None for item in seen)


@check("children are expanded")
async def _():
    folder_of_pages = alice.item("root:/pages:")
    item = await folder_of_pages.get(asking(folder_of_pages, expand=["children($select=id,name;$top=3)"]))
    equal([child.size for child in item.children], [None] * 3, "sizes")


@check("an item is renamed and moved")
async def _():
    item = await alice.put("moves/before.txt", "moved")
    target = await folder("Moved")
    url = alice.item(item.id)
    equal((await url.patch(DriveItem(name="After.txt"))).name, "After.txt", "the name")
    moved = await url.patch(DriveItem(parent_reference=ItemReference(id=target.id)))
    equal(moved.parent_reference.id, target.id, "the parent")
    time = datetime(2017, 1, 1, tzinfo=timezone.utc)
    dated = await url.patch(DriveItem(file_system_info=FileSystemInfo(last_modified_date_time=time)))
    equal(dated.file_system_info.last_modified_date_time, time, "lastModifiedDateTime")


@check("a copy is watched until it is there")
async def _():
    item = await alice.put("copies/original.txt", "copied")
    target = await folder("Copied")
    reference = ItemReference(drive_id=person("alice")["driveId"], id=target.id)
    await alice.item(item.id).copy.post(CopyPostRequestBody(name="copy.txt", parent_reference=reference))
    equal(alice.status, 202, "the status")
    monitor = alice.headers["Location"]

    async def done():
        async with httpx.AsyncClient() as client:
            state = (await client.get(monitor)).json()
        assert state["status"] != "failed", state
        return state["status"] == "completed" and state

    state = await until("the copy", done)
    equal((await alice.item(state["resourceId"]).get()).name, "copy.txt", "the name")


@check("versions are listed, read and restored")
async def _():
    item = await alice.put("versions/text.txt", "one")
    await alice.put("versions/text.txt", "two")
    versions = alice.item(item.id).versions
    listed = (await versions.get()).value
    equal(len(listed), 2, "how many there are")
    old = versions.by_drive_item_version_id(listed[1].id)
    equal(await old.content.get(), b"one", "the old content")
    await old.restore_version.post()
    equal(await alice.item(item.id).content.get(), b"one", "the content")


@check("a file is checked out and in")
async def _():
    library = alice.graph.drives.by_drive_id(READY["site"]["driveId"]).items
    item = await library.by_drive_item_id("root:/checked.txt:").content.put(b"before")
    mine = library.by_drive_item_id(item.id)
    bobs = bob.graph.drives.by_drive_id(READY["site"]["driveId"]).items.by_drive_item_id(item.id)
    await mine.checkout.post()
    equal((await refusal(bobs.content.put(b"meanwhile"), ODataError)).response_status_code, 423, "the status")
    await mine.content.put(b"after")
    await mine.checkin.post(CheckinPostRequestBody(comment="done"))
    equal(await bobs.content.get(), b"after", "the content")


@check("what is deleted is restored")
async def _():
    item = await alice.put("bin/rubbish.txt", "not quite")
    await alice.item(item.id).delete()
    equal(alice.status, 204, "the status")
    equal((await refusal(alice.item(item.id).get(), ODataError)).error.code, "itemNotFound", "the code")
    back = await alice.item(item.id).restore.post(RestorePostRequestBody(name="kept.txt"))
    equal(back.name, "kept.txt", "the name")


@check("what is deleted for good is gone")
async def _():
    item = await alice.put("bin/secret.txt", "away")
    await alice.item(item.id).permanent_delete.post()
    equal(alice.status, 204, "the status")
    gone = alice.item(item.id).restore.post(RestorePostRequestBody())
    equal((await refusal(gone, ODataError)).response_status_code, 404, "the status")


@check("special folders are there")
async def _():
    for name in ["documents", "photos", "approot"]:
        found = await alice.drive.special.by_drive_item_id(name).get()
        equal(found.special_folder.name, name, "the name")
    made = await alice.drive.special.by_drive_item_id("approot:/settings.json:").content.put(b"{}")
    equal(made.name, "settings.json", "the name")


run()
