"""Subscriptions to changes, by msgraph-sdk, with a listener of our own."""

import json
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.subscription import Subscription

from checks import check, equal, refusal, run, until
from graph import As

alice = As("alice")
told = []


class Listener(BaseHTTPRequestHandler):
    """Answers the question whether it wants to be told, and keeps what it is told."""

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = parse_qs(urlsplit(self.path).query).get("validationToken")
        if token is None:
            told.extend(json.loads(body)["value"])
        self.send_response(202 if token is None else 200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(token[0].encode() if token else b"")

    def log_message(self, *_arguments):  # pylint: disable=arguments-differ
        pass


listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
threading.Thread(target=listener.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{listener.server_port}/changes"


def wish():
    return Subscription(
        change_type="updated",
        notification_url=URL,
        resource="/me/drive/root",
        expiration_date_time=datetime.now(timezone.utc) + timedelta(hours=1),
        client_state="our secret",
    )


@check("a subscription is made, read, renewed and ended")
async def _():
    subscriptions = alice.graph.subscriptions
    made = await subscriptions.post(wish())
    equal(made.notification_url, URL, "notificationUrl")
    one = subscriptions.by_subscription_id(made.id)
    equal((await one.get()).id, made.id, "the id")
    later = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=2)
    equal((await one.patch(Subscription(expiration_date_time=later))).expiration_date_time, later, "the end")
    await one.delete()
    equal((await refusal(one.get(), ODataError)).response_status_code, 404, "the status")


@check("a change is told")
async def _():
    made = await alice.graph.subscriptions.post(wish())
    await alice.put("notices/changed.txt", "changed")

    async def look():
        return next((notice for notice in told if notice["subscriptionId"] == made.id), None)

    notice = await until("the notice", look)
    equal((notice["clientState"], notice["changeType"]), ("our secret", "updated"), "the notice")
    await alice.graph.subscriptions.by_subscription_id(made.id).delete()


run()
