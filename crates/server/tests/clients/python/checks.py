"""Named checks, one after another. The test that runs a program looks for each name in what is printed."""

import asyncio
import json
import os
import sys
import traceback

with open(os.environ["DRIVEWAY_READY_FILE"], encoding="utf-8") as file:
    READY = json.load(file)  # what the demo's ready file says of it

_checks = []


def person(kind):
    """The first person of a kind: business, personal or admin; or the one of a name."""
    found = (user for user in READY["users"] if kind == user["kind"] or user["userPrincipalName"].startswith(f"{kind}@"))
    return next(found)


def check(name):
    def add(body):
        _checks.append((name, body))
        return body

    return add


def equal(found, wanted, what=""):
    assert found == wanted, f"{what} is {found!r} and not {wanted!r}"


async def refusal(promise, kind=Exception):
    """What a call has to fail with."""
    try:
        value = await promise
    except kind as error:
        return error
    raise AssertionError(f"it was not refused: {value!r}")


async def until(what, look, seconds=30):
    """Looks again and again until something is there."""
    end = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < end, f"waited in vain for {what}"
        await asyncio.sleep(0.05)
    return found


async def _all():
    failed = 0
    for name, body in _checks:
        try:
            result = body()
            if asyncio.iscoroutine(result):
                await result
            print(f"passed: {name}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"FAILED: {name}\n{traceback.format_exc()}", flush=True)
    return failed


def run():
    """Runs all checks, also after one has failed, and ends the program."""
    sys.exit(1 if asyncio.run(_all()) else 0)
