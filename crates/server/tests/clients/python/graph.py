"""The Graph client as an application makes it, pointed at the demo."""

import base64

from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient

from checks import READY, person


class Token:
    """A credential that has its token already."""

    def __init__(self, token):
        self.token = token

    def get_token(self, *_scopes, **_options):
        return AccessToken(self.token, 4102444800)


def with_credential(credential):
    """A client that acts with a credential of azure-identity. These are the lines that docs/clients.md shows."""
    provider = AzureIdentityAuthenticationProvider(credential, allowed_hosts=["localhost"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{READY['baseUrl']}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


class As:
    """A person of the demo with their client, and with the status and headers of the last answer."""

    def __init__(self, kind, token=None):
        self.person = person(kind)
        self.graph = with_credential(Token(token or self.person["accessToken"]))
        self.drive = self.graph.drives.by_drive_id(self.person["driveId"])
        self.status = self.headers = None
        self.graph.request_adapter._http_client.event_hooks["response"].append(self._seen)

    async def _seen(self, response):
        self.status, self.headers = response.status_code, response.headers

    def item(self, key):
        """An item of the person's drive by its id, or by the path form inside items: `root:/a/b:`."""
        return self.drive.items.by_drive_item_id(key)

    async def put(self, path, text):
        """Puts a text file at a path of the person's drive and returns the item."""
        return await self.item(f"root:/{path}:").content.put(text.encode())


def asking(builder, **options):
    """The configuration of a GET with query options, in the class that the builder has for them."""
    parameters = next(kind for name, kind in vars(type(builder)).items() if name.endswith("GetQueryParameters"))
    return RequestConfiguration(query_parameters=parameters(**options))


def encoded(web_url):
    """`u!` and the address of a link, as the shares endpoint takes it."""
    return "u!" + base64.urlsafe_b64encode(web_url.encode()).decode().rstrip("=")
