"""What the served actions do, and what becomes of the task that came with a request."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from datamodel.roles import READ_ONLY
from fastapi import Response
from pooldb import blobs
from xapi import audit
from xapi.http.asked import Asked
from xapi.http.pages import Elsewhere
from xapi.http.registry import SERVED, Served, serves
from xapi.http.streams import Stream

from tests.unit.xapi.conftest import Gateway
from tests.unit.xapi.wire import Client

UNKNOWN = "OpaqueRef:00000000-0000-0000-0000-000000000000"


class Requests:
    """Requests of one session, each on a connection of its own and with a task to follow it by."""

    def __init__(
        self, gateway: Gateway, role: str | None = None, served: Mapping[str, Served] = SERVED
    ) -> None:
        self.gateway = gateway
        self._served = served
        self._session = gateway.login("user", role)

    def ask(self, target: str, body: bytes = b"", length: int | None = None) -> str:
        """The answer's status and body. A client that promised more than it sends closes."""
        self.task = self.gateway.call("task.create", self._session, "transfer", "")
        said = len(body) if length is None else length
        head = (
            f"{target} HTTP/1.1\r\ncookie: session_id={self._session}; task_id={self.task}\r\n"
            f"content-length: {said}\r\n\r\n"
        )
        self.client = Client(self.gateway, self._served, trusted=False)
        self.client.send(head.encode() + body)
        if said > len(body):
            self.client.end()
        self.head, answer = self.client.answer()
        return f"{self.head.split(' ')[1]} {answer}".rstrip()

    def outcome(self) -> str:
        """What became of the last request's task."""
        record = self.gateway.db.view.get("task", self.task)
        assert record["progress"] == (0.0 if record["status"] == "pending" else 1.0)
        return f"{record['status']} {' '.join(record['error_info'])}".rstrip()


@pytest.fixture
def requests(gateway: Gateway) -> Requests:
    return Requests(gateway)


class TestBlobs:
    @pytest.fixture
    def blob(self, gateway: Gateway) -> str:
        return gateway.create("blob", mime_type="text/plain")

    @pytest.mark.parametrize("size", [0, 1, blobs.PIECE_BYTES, 3 * blobs.PIECE_BYTES + 17])
    def test_what_is_put_is_got(self, requests: Requests, blob: str, size: int) -> None:
        body = bytes(range(251)) * (size // 251 + 1)
        assert requests.ask(f"PUT /blob?ref={blob}", body[:size]) == "200"
        assert requests.outcome() == "success"
        record = requests.gateway.db.view.get("blob", blob)
        assert record["size"] == size
        assert record["last_updated"] > "2020"
        uuid = record["uuid"]
        assert (
            requests.ask(f"GET /blob?uuid={uuid}").encode("latin-1").rstrip()
            == (b"200 " + body[:size]).rstrip()
        )
        assert f"Content-Length: {size}\r\n" in requests.head
        assert requests.outcome() == "success"

    def test_the_client_is_told_to_go_on_before_it_sends_the_first_byte(
        self, gateway: Gateway, blob: str
    ) -> None:
        client = Client(gateway)
        head = f"PUT /blob?ref={blob} HTTP/1.0\r\ncontent-length: 5\r\n\r\n".encode()
        gateway.run(self._until_answered(client, head))
        assert client.wire.written.startswith(b"HTTP/1.1 200 OK\r\n")
        client.exchange(b"bytes")
        assert gateway.db.view.get("blob", blob)["size"] == 5

    async def _until_answered(self, client: Client, head: bytes) -> None:
        client.wire.protocol.data_received(head)
        while not client.wire.written:
            await client.settle()

    def test_an_upload_that_breaks_off_changes_nothing(self, requests: Requests, blob: str) -> None:
        assert requests.ask(f"PUT /blob?ref={blob}", b"old") == "200"
        before = requests.gateway.db.view.get("blob", blob)
        requests.ask(f"PUT /blob?ref={blob}", b"new", length=4)
        assert requests.client.wire.closed == "reset"
        assert requests.outcome() == ("failure INTERNAL_ERROR the client closed the connection")
        assert requests.gateway.db.view.get("blob", blob) == before
        assert requests.ask(f"GET /blob?ref={blob}") == "200 old"
        with requests.gateway.db.transaction() as tx:
            assert not tx.kv_items(blobs.UPLOADS)

    def test_an_upload_that_stands_still_is_given_up(
        self, gateway: Gateway, blob: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("xapi.http.actions.blob.SILENT_MAX_S", 0.0)
        client = Client(gateway)
        head = f"PUT /blob?ref={blob} HTTP/1.1\r\ncontent-length: 9\r\n\r\n"
        client.exchange(head.encode())
        assert client.wire.closed == "reset"

    def test_an_upload_whose_task_is_cancelled_ends_at_the_next_block(
        self, gateway: Gateway, blob: str
    ) -> None:
        session = gateway.login()
        task = gateway.call("task.create", session, "transfer", "")
        client = Client(gateway, trusted=False)
        query = f"ref={blob}&session_id={session}&task_id={task}"
        head = f"PUT /blob?{query} HTTP/1.1\r\ncontent-length: 9\r\n\r\nsome".encode()
        gateway.run(self._until_answered(client, head))
        gateway.call("task.cancel", session, task)
        client.exchange(b"more")
        assert client.wire.closed == "reset"
        record = gateway.db.view.get("task", task)
        assert (record["status"], record["error_info"]) == ("cancelled", ["TASK_CANCELLED", task])
        assert gateway.db.view.get("blob", blob)["size"] == 0

    def test_an_upload_that_the_process_does_not_outlive_fails_its_task(
        self, gateway: Gateway, blob: str
    ) -> None:
        session = gateway.login()
        task = gateway.call("task.create", session, "transfer", "")
        client = Client(gateway, trusted=False)
        query = f"ref={blob}&session_id={session}&task_id={task}"
        head = f"PUT /blob?{query} HTTP/1.1\r\ncontent-length: 9\r\n\r\nsome".encode()
        gateway.run(self._until_answered(client, head))
        client.cut()
        assert client.wire.closed == "reset"
        assert gateway.db.view.get("task", task)["status"] == "failure"

    @pytest.mark.parametrize("length", [blobs.BLOB_BYTES_MAX + 1, 1 << 50])
    def test_one_that_is_too_large_is_refused_before_it_is_sent(
        self, requests: Requests, blob: str, length: int
    ) -> None:
        assert requests.ask(f"PUT /blob?ref={blob}", b"x", length).startswith("413 ")
        assert requests.outcome().startswith(f"failure VALUE_NOT_SUPPORTED size {length} ")

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    def test_one_that_is_not_there(self, requests: Requests, method: str) -> None:
        assert requests.ask(f"{method} /blob?ref={UNKNOWN}") == "404 Unknown reference"
        assert requests.outcome() == f"failure HANDLE_INVALID blob {UNKNOWN}"
        assert requests.ask(f"{method} /blob") == "400"

    def test_who_may_what(self, gateway: Gateway, blob: str) -> None:
        public = gateway.create("blob", mime_type="image/png", public=True)
        root, reader = Requests(gateway), Requests(gateway, READ_ONLY)
        for each in (blob, public):
            assert root.ask(f"PUT /blob?ref={each}", b"x") == "200"
            assert reader.ask(f"GET /blob?ref={each}") == "200 x"
            assert reader.ask(f"PUT /blob?ref={each}", b"y").startswith("403 ")
            assert reader.outcome().startswith("failure RBAC_PERMISSION_DENIED http/put_blob")
        for each, status in ((blob, "401"), (public, "200"), (UNKNOWN, "401")):
            stranger = Client(gateway, trusted=False)
            head, _ = stranger.exchange(f"GET /blob?ref={each} HTTP/1.1\r\n\r\n".encode())
            assert head.split(" ")[1] == status

    def test_a_media_type_is_no_place_for_headers(self, gateway: Gateway) -> None:
        blob = gateway.create("blob", mime_type="text/plain\r\nx-mine: 1\r\n\r\nbody")
        requests = Requests(gateway)
        requests.ask(f"PUT /blob?ref={blob}", b"x")
        assert requests.ask(f"GET /blob?ref={blob}") == "200 x"
        assert "\r\nx-mine" not in requests.head


class TestAuditLog:
    @pytest.fixture(autouse=True)
    def log(self, tmp_path: Path) -> Iterator[None]:
        handlers, propagate = audit.AUDIT.handlers[:], audit.AUDIT.propagate
        audit.open_log(str(tmp_path / "log"))
        yield
        for handler in audit.AUDIT.handlers:
            handler.close()
        audit.AUDIT.handlers[:], audit.AUDIT.propagate = handlers, propagate

    def say(self, line: str, time: str) -> None:
        audit.AUDIT.info("%s", json.dumps({"time": time, "member": line}))

    def said(self, answer: str) -> list[str]:
        """What the lines of an answer say, but of the task that came with the request."""
        lines = [json.loads(line) for line in answer.removeprefix("200").splitlines()]
        return [line["member"] for line in lines if line.get("call") != "task.create"]

    def test_oldest_first_over_all_its_files(
        self, requests: Requests, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit.AUDIT.handlers[0], "maxBytes", 1000)
        lines = [f"line {number}" for number in range(60)]
        for line in lines:
            audit.append(line)
        answer = requests.ask("GET /audit_log")
        assert self.said(answer) == lines
        assert "Content-Type: text/plain\r\n" in requests.head
        assert requests.outcome() == "success"

    @pytest.mark.parametrize(
        ("since", "said"),
        [
            ("", "without a time, old, new"),
            ("2001", "old, new"),
            ("2001-09-09T01:46:40Z", "old, new"),
            ("20010909T01:46:40.250Z", "old, new"),
            ("20010909T01:46:40.251Z", "new"),
            ("2001-09-10", "new"),
            ("20170714T02:40:00Z", "new"),
            ("2018", ""),
            ("nonsense", ""),
        ],
    )
    def test_from_a_time_on(self, requests: Requests, since: str, said: str) -> None:
        audit.AUDIT.info('{"member": "without a time"}')
        self.say("old", "20010909T01:46:40.250Z")
        self.say("new", "20170714T02:40:00.000Z")
        assert self.said(requests.ask(f"GET /audit_log?since={since}")) == (
            said.split(", ") if said else []
        )

    def test_nobody_writes_a_line_that_seems_to_be_another(self, requests: Requests) -> None:
        audit.append('one\n{"time": "20010909T01:46:40.000Z"}\r\nthree')
        assert len(self.said(requests.ask("GET /audit_log"))) == 1

    def test_calls_are_in_it(self, requests: Requests) -> None:
        network = requests.gateway.create("network")
        requests.gateway.call("network.set_name_label", requests._session, network, "lan")
        assert '"call": "network.set_name_label"' in requests.ask("GET /audit_log")


def test_below_services_is_nothing_but_what_has_its_own_place(requests: Requests) -> None:
    assert requests.ask("GET /services").startswith('200 {"smapi_version"')
    assert requests.outcome() == "success"
    assert requests.ask("GET /services/").startswith("200 ")
    assert requests.ask("GET /services/nosuch") == "404"
    assert requests.ask("GET /services/SM/nosuch") == "404"
    assert requests.ask("GET /services/SM") == "200 []"
    assert requests.ask("GET /services/driver") == "200 []"


def test_storage_drivers_are_described_by_their_records(requests: Requests) -> None:
    same = {
        "required_api_version": "1.1",
        "version": "1.0",
        "copyright": "",
        "vendor": "Warren",
        "supported_image_formats": ["vhd"],
        "required_cluster_stack": [],
        "configuration": {"location": "where it is"},
    }
    named = {"type": "nfs", "name_label": "NFS", "name_description": "Disks on NFS"}
    features = {"VDI_RESET_ON_BOOT": 2, "SR_PROBE": 1}
    requests.gateway.create("SM", features=features, **named, **same)
    status, _, body = requests.ask("GET /services/SM").partition(" ")
    assert (status, json.loads(body)) == (
        "200",
        [
            {
                "smapi_version": "SMAPIv1",
                "features": ["SR_PROBE/1", "VDI_RESET_ON_BOOT/2"],
                "description": "Disks on NFS",
                "name": "NFS",
                "driver": "nfs",
                **same,
            }
        ],
    )


def test_a_driver_is_at_work_where_an_sr_of_its_type_is_plugged(requests: Requests) -> None:
    gateway = requests.gateway
    one, two = (
        gateway.create("host", control_domain=gateway.create("VM", uuid=f"dom0-{name}"))
        for name in ("one", "two")
    )
    without_dom0 = gateway.create("host")
    for type_, host, plugged in (
        ("nfs", one, True),
        ("nfs", one, True),
        ("nfs", two, True),
        ("ext", two, False),
        ("iso", without_dom0, True),
    ):
        sr = gateway.create("SR", type=type_)
        gateway.create("PBD", SR=sr, host=host, currently_attached=plugged)
    _, _, body = requests.ask("GET /services/driver").partition(" ")
    assert [(each["uuid"], each["instance"], each["url"]) for each in json.loads(body)] == [
        (f"dom0-{name}", "nfs", f"/services/driver/dom0-{name}/SM/nfs") for name in ("one", "two")
    ]


@pytest.mark.parametrize("path", ["/foo%3C%3E%27%22%26", "/foo<>'\"&"])
def test_a_page_has_the_escapes_of_xml(gateway: Gateway, path: str) -> None:
    client = Client(gateway)
    _, body = client.exchange(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert "URL /foo&lt;&gt;&apos;&quot;&amp; was not found" in body


# --- the seam itself: with actions of its own ---------------------------------------------------

OWN: dict[str, Served] = {}


@serves("get_export_raw_vdi", OWN)
async def there(asked: Asked, stream: Stream, vdi: str | None, format: str | None) -> None:
    raise Elsewhere("10.0.0.2")


@serves("sr_rrd", OWN)
async def breaks(asked: Asked, uuid: str | None) -> Response:
    raise ValueError("<inside>")


@serves("rrd_updates", OWN)
async def tells(
    asked: Asked,
    start: int | None,
    cf: str | None,
    interval: int | None,
    host: bool | None,
    uuid: str | None,
    json: bool | None,
) -> Response:
    return Response(repr((start, cf, interval, host, uuid, json)))


@pytest.fixture
def own(gateway: Gateway) -> Requests:
    return Requests(gateway, served=OWN)


def test_a_redirect_keeps_the_query_and_leaves_the_task(own: Requests) -> None:
    assert own.ask("GET /export_raw_vdi?vdi=a%2Fb&format=vhd") == "302"
    place = "https://10.0.0.2/export_raw_vdi?vdi=a%2Fb&format=vhd"
    assert f"location: {place}\r\n" in own.head
    assert own.outcome() == "pending"


def test_what_fails_inside_is_told_and_escaped(own: Requests) -> None:
    answer = own.ask("GET /sr_rrd")
    assert answer.startswith("500 ")
    assert "INTERNAL_ERROR: [ ValueError: &lt;inside&gt; ]" in answer
    assert own.outcome() == "failure INTERNAL_ERROR ValueError: <inside>"


@pytest.mark.parametrize(
    ("query", "native"),
    [
        ("", (None, None, None, None, None, None)),
        ("start=5&host=true&json=false", (5, None, None, True, None, False)),
        ("start=-1&cf=&uuid=a&uuid=b&other=x", (-1, "", None, None, "a", None)),
    ],
)
def test_parameters_are_typed(own: Requests, query: str, native: object) -> None:
    assert own.ask(f"GET /rrd_updates?{query}") == f"200 {native!r}"


def test_a_number_that_is_none_is_refused(own: Requests) -> None:
    assert own.ask("GET /rrd_updates?start=x").startswith("400 ")
    assert own.outcome() == "failure INVALID_VALUE start x"


def test_a_task_of_another_is_refused_and_left_alone(gateway: Gateway) -> None:
    task = gateway.call("task.create", gateway.login(), "transfer", "")
    reader = gateway.login("reader", READ_ONLY)
    client = Client(gateway, trusted=False)
    query = f"session_id={reader}&task_id={task}"
    head, _ = client.exchange(f"GET /services?{query} HTTP/1.1\r\n\r\n".encode())
    assert head.split(" ")[1] == "403"
    assert gateway.db.view.get("task", task)["status"] == "pending"
