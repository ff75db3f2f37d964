"""squeezed's messages: all eleven methods, and what is refused in the interface's own words."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from squeezed.frontend import Frontend
from xenops.squeezed import MEMORY, SQUEEZED, SqueezedError

from broker import Delivery
from tests.squeezing import Local, Scenario


@dataclass
class Caller:
    """Calls squeezed as its client does, without a broker in between."""

    scenario: Scenario
    numbers: int = 0
    replies: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        hypervisor: Any = Local(self.scenario.machine)
        self.frontend = Frontend(self.scenario.squeezer, hypervisor, "squeezed")
        self.session = self("login", client="xenopsd")

    def send(self, wire: str, id_: str = "", **params: Any) -> str:
        """Send without waiting; the id to find the reply by."""
        self.numbers += 1
        id_ = id_ or f"operation {self.numbers}"
        if "session" in MEMORY[wire].params:
            params.setdefault("session", self.session)
        body = SQUEEZED.request(wire, {"debug_info": "test", **params}, id_)
        self.post(body, id_)
        return id_

    def post(self, body: Any, id_: str) -> None:
        def reply(answer: Any) -> None:
            self.replies[id_] = answer

        acknowledged: list[None] = []
        delivery = Delivery(
            "", body, id_, {}, "", lambda: acknowledged.append(None), reply, pytest.fail
        )
        self.frontend.handle(delivery)
        assert acknowledged == [None]

    def __call__(self, wire: str, id_: str = "", **params: Any) -> Any:
        """Call and wait for the answer; raises SqueezedError."""
        id_ = self.send(wire, id_, **params)
        self.scenario.until(lambda: id_ in self.replies)
        return SQUEEZED.read_reply(MEMORY[wire], self.replies[id_])


@pytest.fixture
def caller() -> Caller:
    scenario = Scenario(memory_kib=10_000, reserve_kib=1000)
    scenario.domain(1000, 4000, 4000)
    return Caller(scenario)


def refused(call: Any, *args: Any, **params: Any) -> tuple[str, Any]:
    with pytest.raises(SqueezedError) as error:
        call(*args, **params)
    return error.value.tag, error.value.value


def test_a_reservation_from_its_request_to_its_end(caller: Caller) -> None:
    assert caller("reserve_memory_range", "start/1", minimum=500, maximum=1000) == ("start/1", 1000)
    domid = caller.scenario.domain(1000, 1000, 1000, pages_kib=0, running=False)
    caller("transfer_reservation_to_domain", reservation="start/1", domid=domid)
    assert caller("query_reservation_of_domain", domid=domid) == "start/1"
    caller("delete_reservation", reservation="start/1")
    assert refused(caller, "query_reservation_of_domain", domid=domid) == ("No_reservation", None)


def test_a_fixed_reservation_is_its_operations_id(caller: Caller) -> None:
    assert caller("reserve_memory", "start/1", kib=500) == "start/1"


def test_a_range_is_granted_as_much_as_a_fair_share(caller: Caller) -> None:
    assert caller("reserve_memory_range", minimum=1000, maximum=9000)[1] == 5000


def test_what_it_says_of_the_host(caller: Caller) -> None:
    assert caller("get_host_reserved_memory") == 1000
    assert caller("get_host_initial_free_memory") == 10_000
    policy = caller("get_domain_zero_policy")
    assert policy.tag == "Fixed_size"
    assert caller("balance_memory") is None
    said = json.loads(caller("get_diagnostics"))
    assert said["free_kib"] == 6000
    assert said["domains"][0]["standing"] == "gives and takes as it is asked"


def test_every_method_is_answered(caller: Caller) -> None:
    values = {"session": caller.session, "client": "other", "reservation": "none", "domid": 99}
    for wire, method in MEMORY.items():
        params = {name: values.get(name, 100) for name in method.params if name != "debug_info"}
        id_ = caller.send(wire, **params)
        caller.scenario.until(lambda id_=id_: id_ in caller.replies)  # type: ignore[misc]


@pytest.mark.parametrize("kib", [0, -1, -(2**63), 2**63, 2**200])
def test_an_amount_that_is_none(caller: Caller, kib: int) -> None:
    assert refused(caller, "reserve_memory", kib=kib) == ("Invalid_memory_value", kib)
    assert caller.scenario.look().promised_kib == 0


def test_an_amount_that_no_host_has(caller: Caller) -> None:
    tag, value = refused(caller, "reserve_memory", kib=2**63 - 1)
    assert (tag, value) == ("Cannot_free_this_much_memory", (2**63 - 1, 5000))
    assert caller.scenario.look().promised_kib == 0


def test_a_minimum_above_its_maximum(caller: Caller) -> None:
    found = refused(caller, "reserve_memory_range", minimum=500, maximum=499)
    assert found == ("Invalid_memory_value", 499)


@pytest.mark.parametrize("wire", ["delete_reservation", "transfer_reservation_to_domain"])
def test_an_unknown_reservation(caller: Caller, wire: str) -> None:
    more = {"domid": 1} if wire.startswith("transfer") else {}
    assert refused(caller, wire, reservation="x", **more) == ("Unknown_reservation", "x")


def test_a_domain_that_is_not_there(caller: Caller) -> None:
    caller("reserve_memory", "start/1", kib=500)
    tag, value = refused(
        caller, "transfer_reservation_to_domain", reservation="start/1", domid=12345
    )
    assert (tag, value) == ("Internal_error", "there is no domain 12345")
    assert caller.scenario.look().promised_kib == 500


def test_nobody_touches_anothers_reservation(caller: Caller) -> None:
    caller("reserve_memory", "start/1", kib=500)
    other = Caller(caller.scenario)
    other.session = other("login", client="other")
    caller.session = caller("login", client="xenopsd")
    caller("reserve_memory", "start/2", kib=500)
    assert refused(other, "delete_reservation", reservation="start/2")[0] == "Unknown_reservation"
    assert refused(other, "reserve_memory", "start/2", kib=500)[0] == "Internal_error"
    assert caller.scenario.look().promised_kib == 500


def test_a_session_that_never_was(caller: Caller) -> None:
    tag, value = refused(caller, "reserve_memory", kib=500, session="forged")
    assert (tag, value) == ("Internal_error", "there is no session forged")


def test_a_session_that_ends_in_the_middle(caller: Caller) -> None:
    waiting = caller.send("reserve_memory", kib=8500)
    ended = caller.session
    caller.session = caller("login", client="xenopsd")
    assert refused(SQUEEZED.read_reply, MEMORY["reserve_memory"], caller.replies[waiting]) == (
        "Unknown_reservation",
        waiting,
    )
    assert refused(caller, "reserve_memory", kib=500, session=ended)[0] == "Internal_error"
    assert caller.scenario.look().promised_kib == 0


def test_a_refusal_tells_the_sum(caller: Caller) -> None:
    caller.scenario.domain(1000, 4000, 4000, stuck=True)
    with pytest.raises(SqueezedError) as error:
        caller("reserve_memory", kib=5000)
    assert error.value.tag == "Domains_refused_to_cooperate"
    assert error.value.value == [2]
    for word in ("wanted 4.9 MiB", "in reserve 1.0 MiB", "'guest 1'", "'guest 2'", "refused"):
        assert word in error.value.detail


@pytest.mark.parametrize("body", [{}, {"method": "VM.start", "params": [{}]}, {"method": None}])
def test_what_is_no_call(caller: Caller, body: Any) -> None:
    caller.post(body, "x")
    assert caller.replies["x"]["error"][0] == "Internal_error"


NONSENSE = ["", "x", "-1", "1e9", "99999999999999999999999999", "0", "\x01", "１２", "4000; rm"]


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize(
    "node",
    [
        *("memory/dynamic-min", "memory/dynamic-max", "memory/target", "memory/memory-offset"),
        *("control/feature-balloon", "memory/uncooperative", "name"),
    ],
)
def test_a_guest_that_writes_nonsense_harms_nobody(node: str, value: str) -> None:
    s = Scenario(memory_kib=10_000)
    honest = s.domain(1000, 4000, 4000)
    liar = s.domain(1000, 4000, 4000)
    s.run(1)
    s.store.write(f"/local/domain/{liar}/{node}", value)
    told = s.asked(3000)
    s.run(30)
    assert told.granted_kib == 3000
    assert 1000 <= s.pages(honest) <= 4000
    assert s.pages(liar) <= 4000
    assert s.machine.free_kib() >= 3000


def test_a_guest_that_lies_about_its_target_gets_no_more_than_its_limit() -> None:
    s = Scenario(memory_kib=10_000)
    s.domain(1000, 4000, 4000)
    liar = s.domain(1000, 4000, 6000)
    s.run(30)
    s.asked(3000)
    s.store.write(f"/local/domain/{liar}/memory/target", "900000")
    s.run(30)
    assert s.machine.free_kib() >= 3000
