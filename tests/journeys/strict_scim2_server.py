"""PyPI's scim2-server with its own models, which want a manager's address, and with Bulk.

Run as a program with a token: it takes a free port and prints its URL.
"""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from scim2_models import (
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    Filter,
    Group,
    Patch,
    ResourceType,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)
from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    configuration = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=20, max_payload_size=100_000),
        filter=Filter(supported=True, max_results=1000),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[],
    )
    provider = ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[
            ResourceType.from_resource(User[EnterpriseUser]),
            ResourceType.from_resource(Group),
        ],
        config=configuration,
    )
    application = BearerTokenApplication(InMemoryStorage(), provider, bearer_tokens=[sys.argv[1]])
    with make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:
        server.socket.listen(100)
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
