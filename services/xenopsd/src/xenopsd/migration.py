"""Live migration: memory straight from one xenopsd to the other over TLS, decided once.

The forwarder has the destination ``prepare``: it makes a paused domain and answers where it
listens, with a token for this migration. The source then streams memory to it, lets the guest
suspend, sends the rest, and asks to commit. **The point of no return is the destination's journal
entry ``Committed``.**

| destination's journal | the guest may run | a failure ends with |
| --- | --- | --- |
| Prepared, Receiving | on the source | the destination aborts, the source resumes |
| Committed | on the destination | the destination completes, whenever it comes back |
| Aborted | on the source | the source resumes; a late commit is refused |

What has to follow the decision is tried again until it is done: the destination completes, the
source lets its domain go.

When the source has asked to commit and lost the connection it is in doubt: it keeps its guest
still and asks the destination for the outcome until it gets one. A destination that has not
committed when it is asked aborts, and answers so; hence exactly one side goes on.

A destination that is dead never answers. A newer epoch of the VM says that the pool has given up
what may have become of it there: the guest, which may have run on since, does not go on here.
"""

import hashlib
import json
import logging
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.codec import DecodeError, decode, encode
from xenops.errors import XenopsError, internal_error, overtaken
from xenops.extensions import MigrationEndpoint, MigrationMemory, MigrationStatus, Place
from xenops.types import Metadata
from xenports.hypervisor import PAGE_KIB, SUSPEND, SaveProgress

from xenopsd import certificate, operations
from xenopsd.atomics import VmClean, VmCreate, VmSurvive, VmUnpause
from xenopsd.backend.domains import Size
from xenopsd.host import Host
from xenopsd.operations import Plan

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 30.0
SILENCE_MAX_S = 120.0
ASK_AGAIN_S = 1.0
LINE_MAX = 4096
STREAM, OUTCOME = "stream", "outcome"

PREPARED, RECEIVING, COMMITTED, COMPLETED, ABORTED = (
    MigrationStatus.Prepared.value,
    MigrationStatus.Receiving.value,
    MigrationStatus.Committed.value,
    MigrationStatus.Completed.value,
    MigrationStatus.Aborted.value,
)
OFFERED, SENDING, IN_DOUBT, SENT = "Offered", "Sending", "InDoubt", "Sent"


def url_of(endpoint: MigrationEndpoint, migration: str) -> str:
    """What ``VM.migrate`` is told of the destination."""
    query = urlencode(
        {"token": endpoint.token, "fingerprint": endpoint.fingerprint, "migration": migration}
    )
    return f"tls://{endpoint.host}:{endpoint.port}/?{query}"


class Receiver:
    """The destination's side: a listener, and what becomes of each migration."""

    def __init__(
        self,
        host: Host,
        runner: Runner[Host],
        state_dir: Path,
        address: str,
        changed: Callable[[str], None],
    ) -> None:
        self._host = host
        self._runner = runner
        self._changed = changed
        self._unsettled: dict[str, str] = {}
        self._address = address
        state_dir.mkdir(parents=True, exist_ok=True)
        # What a stranger is shown, who names no migration.
        self._tls = certificate.context(certificate.make(address)[0])
        self._tls.sni_callback = self._choose
        self._listener = socket.create_server((address, self._port_kept(state_dir)))
        (state_dir / "migration.port").write_text(str(self._listener.getsockname()[1]))

    def _port_kept(self, state_dir: Path) -> int:
        """The port of the last run, so that a source in doubt finds us again."""
        kept = state_dir / "migration.port"
        port = int(kept.read_text()) if kept.exists() else 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._address, port))
            except OSError:
                return 0
        return port

    def serve(self) -> None:
        """Accept for ever."""
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def prepare(
        self, id_: str, metadata: Metadata, memory: MigrationMemory, place: Place | None = None
    ) -> MigrationEndpoint:
        """Make the domain that will receive; asked again, answer the same.

        Raises XenopsError, Cancelled if the VM has been given to others since.
        """
        epoch = 0 if place is None else place.epoch
        if not self._host.journal.see(metadata.vm.id, epoch):
            seen = self._host.journal.epoch(metadata.vm.id)
            raise overtaken(id_, metadata.vm.id, epoch, seen)
        known = self._host.journal.migration(id_)
        if known is not None:
            if known["state"] == ABORTED:
                raise _aborted(id_)
            return self._endpoint(known["facts"])
        vm = metadata.vm.id
        self.clear(vm)
        if self._host.domains.find(vm) is not None:
            raise XenopsError("Already_exists", ("domain", vm))
        pem, fingerprint = certificate.make(self._address)
        token = secrets.token_urlsafe(24)
        facts = {"token": token, "fingerprint": fingerprint, "pem": pem}
        with self._host.journal.together():
            self._host.journal.set_migration(id_, vm, "destination", PREPARED, facts)
            self._host.journal.set_metadata(metadata)
            self._host.set_suspended(vm, False)
            if place is not None:
                self._host.domains.mark(vm, place.pool)
        create = VmCreate(metadata.vm, size=Size.exactly(memory.pages_kib, memory.target_kib))
        try:
            self._runner.run((create,), RunningTask(id_, "migration"), vm)
            if self.status(id_) is MigrationStatus.Aborted:
                raise _aborted(id_)
        except Exception:
            _or_later(self.abort, id_)
            raise
        return self._endpoint(facts)

    def _endpoint(self, facts: dict[str, Any]) -> MigrationEndpoint:
        port = self._listener.getsockname()[1]
        return MigrationEndpoint(
            host=self._address, port=port, token=facts["token"], fingerprint=facts["fingerprint"]
        )

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """Show the certificate of the migration that the source means."""
        for known in self._host.journal.migrations():
            facts = known["facts"]
            if "pem" in facts and certificate.server_name(facts["fingerprint"]) == name:
                connection.context = certificate.context(facts["pem"])

    def abort(self, id_: str) -> None:
        """Remove the copy, unless the migration has been committed, or this is the source.

        The host knows nothing of the VM from that decision on; should it know of it when asked
        again, the VM has come here since and stays.
        """
        known = self._host.journal.migration(id_)
        if known is None or known["role"] != "destination":
            return
        vm = known["vm"]
        if known["state"] in (PREPARED, RECEIVING, ABORTED):
            self._unsettled[id_] = vm
        with self._host.journal.together():
            if self._host.journal.advance(id_, (PREPARED, RECEIVING), ABORTED):
                self._host.domains.release(vm)
                self._host.journal.forget(vm)
        if self.status(id_) is MigrationStatus.Aborted and not self._host.journal.exists(vm):
            self._host.domains.destroy(vm)
            self._host.domains.clean(vm)
        if self.status(id_) is not MigrationStatus.Committed:
            self._unsettled.pop(id_, None)

    def clear(self, vm: str) -> None:
        """Remove the copy that a migration left here, whose end never got through."""
        for id_ in self._host.journal.arrivals(vm):
            self.abort(id_)

    def status(self, id_: str) -> MigrationStatus:
        known = self._host.journal.migration(id_)
        if known is None or known["role"] != "destination":
            return MigrationStatus.Unknown
        return MigrationStatus(known["state"])

    def recover(self) -> None:
        """After a restart: abort what was not committed, complete what was."""
        found = [one for one in self._host.journal.migrations() if one["role"] == "destination"]
        for known in found:
            if known["state"] in (PREPARED, RECEIVING, ABORTED):
                _or_later(self.abort, known["id"])
        for known in found:
            if known["state"] == COMMITTED:
                self._unsettled[known["id"]] = known["vm"]
                _or_later(self.settle_again, known["vm"])

    def unsettled(self) -> list[str]:
        """The VMs of migrations to this host that have not ended as was decided."""
        return list(self._unsettled.values())

    def settle_again(self, vm: str) -> None:
        """Abort a VM's migrations that were not committed, complete one that was."""
        for id_ in [id_ for id_, whose in self._unsettled.items() if whose == vm]:
            self.abort(id_)
            if self.status(id_) is MigrationStatus.Committed:
                self._complete(id_, vm)
            self._unsettled.pop(id_, None)

    def _converse(self, raw: socket.socket) -> None:
        try:
            raw.settimeout(SILENCE_MAX_S)
            with (
                self._tls.wrap_socket(raw, server_side=True) as connection,
                _stream_of(connection) as stream,
            ):
                asked = _read_line(stream)
                known = self._host.journal.migration(str(asked.get("migration")))
                if known is None or not secrets.compare_digest(
                    known["facts"].get("token", ""), str(asked.get("token"))
                ):
                    _write_line(stream, {"error": "there is no such migration"})
                elif asked.get("ask") == OUTCOME:
                    outcome = self._outcome(known["id"])
                    epoch = self._host.journal.epoch(known["vm"])
                    _write_line(stream, {"outcome": outcome, "epoch": epoch})
                else:
                    self._receive(known, stream)
        except Exception as error:  # of one connection only
            log.warning("a migration's connection failed: %s", error)

    def _outcome(self, id_: str) -> str:
        """What a source in doubt is told; asking ends a migration that is not committed."""
        self.abort(id_)
        return self.status(id_).value

    def _receive(self, known: dict[str, Any], stream: BinaryIO) -> None:
        id_, vm = known["id"], known["vm"]
        if not self._host.journal.advance(id_, (PREPARED,), RECEIVING):
            _write_line(stream, {"error": f"migration {id_} is {known['state']}"})
            return
        task, began = RunningTask(id_, "migration"), time.perf_counter()
        try:
            _write_line(stream, {"ready": True})
            hardware = self._host.domains.restore_image(self._host.journal.metadata(vm).vm, stream)
            self._host.keep_hardware(vm, hardware)
            self._runner.show("memory received", task, vm, began)
            _write_line(stream, {"received": True})
            if not _read_line(stream).get("commit"):
                raise internal_error("the source did not commit")
            if not self._host.journal.advance(id_, (RECEIVING,), COMMITTED):
                raise internal_error("the migration was aborted before its commit")
        except Exception as error:  # whatever it was, the guest goes on where it is
            log.warning("migration %s of VM %s failed before its commit: %s", id_, vm, error)
            self._unsettled[id_] = vm
            _or_later(self.settle_again, vm)
            _try_line(stream, {"error": str(error)})
            return
        self._runner.show("committed: the guest runs here", task, vm, began)
        _try_line(stream, {"committed": True})
        try:
            self._complete(id_, vm)
        except Exception as error:
            log.exception("migration %s of VM %s is to be completed again", id_, vm)
            self._unsettled[id_] = vm
            _or_later(self._changed, vm)
            _try_line(stream, {"error": str(error)})
            return
        _try_line(stream, {"completed": True})

    def _complete(self, id_: str, vm: str) -> None:
        """After the commit: connect the devices and let the guest run. Repeatable.

        A VM that was stopped meanwhile is complete.
        """
        if self._host.journal.exists(vm) and self._host.domains.find(vm) is not None:
            metadata = self._host.journal.metadata(vm)
            plan = (*self._connection(metadata), VmUnpause(metadata.vm))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
        self._host.journal.advance(id_, (COMMITTED,), COMPLETED)
        self._changed(vm)

    def _connection(self, metadata: Metadata) -> Plan:
        """What a domain that has its memory still needs until it is whole."""
        if self._host.domains.request(metadata.vm.id) is None:
            return ()
        return (*operations.connect(metadata), VmSurvive(metadata.vm))


class Sender:
    """The source's side."""

    def __init__(self, host: Host, runner: Runner[Host], stopped: threading.Event) -> None:
        self._host = host
        self._runner = runner
        self._stopped = stopped
        self._unsettled: dict[str, str] = {}

    def offer(self, id_: str, vm: str) -> MigrationMemory:
        """Keep the guest at its size until the migration has ended; asked again, the same."""
        if self._host.journal.migration(id_) is None:
            self._host.journal.set_migration(id_, vm, "source", OFFERED, {})
        size = self._host.domains.hold(vm)
        pages = size.minimum_kib
        return MigrationMemory(pages_kib=pages, target_kib=pages - size.offset_kib)

    def withdraw(self, id_: str) -> None:
        """A migration that was offered does not take place."""
        known = self._host.journal.migration(id_)
        if known is not None and self._host.journal.advance(id_, (OFFERED,), ABORTED):
            self._host.domains.let_go(known["vm"])

    def migrate(self, task: RunningTask, metadata: Metadata, url: str) -> None:
        """Move a running VM; raises XenopsError, and then the guest goes on here."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        vm, id_ = metadata.vm.id, query["migration"]
        epoch = self._host.journal.epoch(vm)
        facts = {"host": parts.hostname, "port": parts.port, "epoch": epoch, **query}
        failure: Exception = _failed("xenopsd was restarted in the middle of it")
        if self._state(id_) != IN_DOUBT:
            self._host.journal.set_migration(id_, vm, "source", SENDING, facts)
            try:
                self._stream(task, metadata, id_, facts)
            except Exception as error:
                log.warning("migration %s of VM %s did not end well: %s", id_, vm, error)
                failure = error
        self._unsettled[vm] = id_
        self._decide(id_)
        _or_later(self.settle_again, vm)
        if self._state(id_) == ABORTED:
            raise _why(task, failure) from failure

    def is_in_doubt(self, vm: str) -> bool:
        """Whether nobody here knows if a VM has left."""
        return vm in self._unsettled and self._state(self._unsettled[vm]) == IN_DOUBT

    def settle_doubt(self, vm: str) -> None:
        """Nothing begins on a VM that may have left; raises XenopsError while nobody knows."""
        if self.is_in_doubt(vm):
            self.settle_again(vm)

    def unsettled(self) -> list[str]:
        """The VMs whose migration from this host has not ended as it was decided."""
        return list(self._unsettled)

    def settle_again(self, vm: str) -> None:
        """Have a VM's guest go on here, or its domain go, as was decided."""
        id_ = self._unsettled.get(vm)
        if id_ is None:
            return
        if self._state(id_) == IN_DOUBT and not self._is_decided(id_):
            raise XenopsError("Failed_to_contact_remote_service", f"migration {id_} is in doubt")
        if self._state(id_) == ABORTED:
            self._stay(vm)
        else:
            self._leave(id_, vm)
        self._unsettled.pop(vm, None)

    def _state(self, id_: str) -> str:
        known = self._host.journal.migration(id_)
        return str(known["state"]) if known else ABORTED

    def _stream(
        self, task: RunningTask, metadata: Metadata, id_: str, facts: dict[str, Any]
    ) -> None:
        began = time.monotonic()
        stopped_at = began

        def suspended() -> None:
            nonlocal stopped_at
            stopped_at = time.monotonic()
            self._runner.show("guest suspended", task, metadata.vm.id, round_began)
            for vbd in metadata.vbds:
                self._host.devices.deactivate_disk(metadata.vm.id, vbd)

        pages = max(self._host.domains.hold(metadata.vm.id).minimum_kib // PAGE_KIB, 1)

        rounds, round_began = 0, time.perf_counter()

        def progress(done: SaveProgress) -> None:
            nonlocal rounds, round_began
            task.check_cancelled()
            task.progress(min(done.sent / pages, 1.0) * 0.95)
            if done.round > rounds:
                step = f"memory, round {done.round}: {done.sent} pages sent"
                self._runner.show(step, task, metadata.vm.id, round_began)
                rounds, round_began = done.round, time.perf_counter()
            task.facts["rounds"] = str(done.round + 1)
            task.facts["pages_sent"] = str(done.sent)

        task.enter(0.0, 1.0)
        live = self._host.domains.moves_live(metadata.vm.id)
        task.facts["live"] = str(live).lower()
        with closing(_connect(facts)) as connection:
            task.at_cancel = partial(_hang_up, connection)
            stream = _stream_of(connection)
            _write_line(stream, {"migration": id_, "token": facts["token"], "ask": STREAM})
            _expect(stream, "ready")
            self._host.domains.save_image(
                task,
                metadata.vm,
                stream,
                live=live,
                suspended=suspended,
                progress=progress,
                hardware=lambda: self._host.saved_hardware(metadata.vm.id),
            )
            _expect(stream, "received")
            task.forbid_cancel()
            self._host.journal.advance(id_, (SENDING,), IN_DOUBT)
            _write_line(stream, {"commit": True})
            _expect(stream, "committed")
            self._host.journal.advance(id_, (IN_DOUBT,), SENT)
            _expect(stream, "completed")
        now = time.monotonic()
        task.facts["downtime_s"] = f"{now - stopped_at:.3f}"
        task.facts["total_s"] = f"{now - began:.3f}"

    def _decide(self, id_: str) -> None:
        """Have it in the journal whether the guest has left; it stands still meanwhile."""
        while not self._is_decided(id_):
            if self._stopped.wait(ASK_AGAIN_S):
                # The operation has no end: the next start finds it so and asks again.
                raise SystemExit("a migration is in doubt")

    def _is_decided(self, id_: str) -> bool:
        """Whether the journal has it; where that is in doubt, the destination is asked once."""
        self._host.journal.advance(id_, (OFFERED, SENDING), ABORTED)
        known = self._host.journal.migration(id_)
        if known is None or known["state"] != IN_DOUBT:
            return True
        vm, facts = known["vm"], known["facts"]
        said = {} if self._is_given_up(vm, facts) else _ask_outcome(id_, facts)
        if said is None:
            return False
        # The destination may have learnt since that the VM was given to others.
        self._host.journal.see(vm, int(said.get("epoch", 0)))
        if said.get("outcome") in (COMMITTED, COMPLETED):
            self._host.journal.advance(id_, (IN_DOUBT,), SENT)
        elif self._is_given_up(vm, facts):
            self._give_up(id_, vm)
        else:
            self._host.journal.advance(id_, (IN_DOUBT,), ABORTED)
        return True

    def _is_given_up(self, vm: str, facts: dict[str, Any]) -> bool:
        return bool(self._host.journal.epoch(vm) > facts.get("epoch", 0))

    def _give_up(self, id_: str, vm: str) -> None:
        """The guest may have run elsewhere since: it does not go on from what it was here."""
        if self._host.journal.exists(vm):
            metadata = self._host.journal.metadata(vm)
            plan = (*operations.teardown(metadata), VmClean(metadata.vm))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
        self._host.journal.advance(id_, (IN_DOUBT,), ABORTED)

    def _stay(self, vm: str) -> None:
        """The guest goes on here, with its disks."""
        self._host.domains.let_go(vm)
        domain = self._host.domains.find(vm)
        if domain is None or domain.shutdown != SUSPEND or self._host.is_suspended(vm):
            return
        self._host.resume_in_place(self._host.journal.metadata(vm))

    def _leave(self, id_: str, vm: str) -> None:
        """The guest runs elsewhere: nothing of it stays. One that lives here has come back."""
        domain = self._host.domains.find(vm)
        if self._host.journal.exists(vm) and (domain is None or domain.shutdown is not None):
            metadata = self._host.journal.metadata(vm)
            plan = (*operations.teardown(metadata), VmClean(metadata.vm))
            self._runner.run(plan, RunningTask(id_, "migration"), vm)
            with self._host.journal.together():
                self._host.journal.advance(id_, (SENT,), COMPLETED)
                self._host.journal.forget(vm)
        self._host.journal.advance(id_, (SENT,), COMPLETED)

    def recover(self) -> None:
        """After a restart: what was not in doubt stays; what was is asked for later, in turn."""
        for known in self._host.journal.migrations():
            if known["role"] == "source" and known["state"] in (OFFERED, SENDING, IN_DOUBT, SENT):
                self._unsettled[known["vm"]] = known["id"]
                if known["state"] != IN_DOUBT:
                    self._decide(known["id"])
                    _or_later(self.settle_again, known["vm"])


def _ask_outcome(id_: str, facts: dict[str, Any]) -> dict[str, Any] | None:
    """What a destination has decided; None for one that cannot be asked."""
    try:
        with closing(_connect(facts)) as connection:
            stream = _stream_of(connection)
            _write_line(stream, {"migration": id_, "token": facts["token"], "ask": OUTCOME})
            return _read_line(stream)
    except (OSError, ValueError) as error:
        log.warning("migration %s is in doubt, and asked for again: %s", id_, error)
        return None


def _hang_up(connection: socket.socket) -> None:
    """End a conversation that another thread is in: it finds its peer gone."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _why(task: RunningTask, failure: Exception) -> XenopsError:
    """What a migration failed with: one that was cancelled only found its peer gone."""
    try:
        task.check_cancelled()
    except XenopsError as cancelled:
        return cancelled
    return _as_xenops(failure)


def _connect(facts: dict[str, Any]) -> ssl.SSLSocket:
    """A TLS connection to the certificate that the forwarder was told of, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    raw = socket.create_connection((facts["host"], facts["port"]), timeout=CONNECT_TIMEOUT_S)
    name = certificate.server_name(facts["fingerprint"])
    connection = context.wrap_socket(raw, server_hostname=name)
    found = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
    if found != facts["fingerprint"]:
        connection.close()
        raise OSError("the destination shows another certificate than was announced")
    connection.settimeout(SILENCE_MAX_S)
    return connection


def _stream_of(connection: ssl.SSLSocket) -> BinaryIO:
    return cast(BinaryIO, connection.makefile("rwb"))


def _write_line(stream: BinaryIO, said: dict[str, Any]) -> None:
    stream.write(json.dumps(said).encode() + b"\n")
    stream.flush()


def _or_later(settle: Callable[[str], None], name: str) -> None:
    """What cannot be done now is tried again; it must not stop anything else."""
    try:
        settle(name)
    except Exception:
        log.exception("%s is not settled yet", name)


def _try_line(stream: BinaryIO, said: dict[str, Any]) -> None:
    """Say it if the other side still listens; what it says is in the journal in any case."""
    try:
        _write_line(stream, said)
    except (OSError, ValueError) as error:
        log.info("the peer of a migration is gone: %s", error)


def _read_line(stream: BinaryIO) -> dict[str, Any]:
    line = stream.readline(LINE_MAX)
    if not line.endswith(b"\n"):
        raise OSError("the peer closed the connection")
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("the peer said something else than was expected")
    return found


def _expect(stream: BinaryIO, word: str) -> None:
    said = _read_line(stream)
    if not said.get(word):
        raise _failed(f"the destination failed: {said.get('error', said)}")


def _as_xenops(error: Exception) -> XenopsError:
    return error if isinstance(error, XenopsError) else _failed(str(error))


def _failed(why: str) -> XenopsError:
    """A migration that did not take place, for a reason that is no bug."""
    return XenopsError("Failed_to_contact_remote_service", why, why)


def _aborted(id_: str) -> XenopsError:
    return XenopsError("Cancelled", id_, f"migration {id_} was aborted")


def metadata_text(metadata: Metadata) -> str:
    return json.dumps(encode(Metadata, metadata))


def read_metadata(text: str) -> Metadata:
    """Raises XenopsError for text that is no metadata."""
    try:
        found: Metadata = decode(Metadata, json.loads(text))
    except (DecodeError, ValueError) as error:
        raise internal_error(f"the metadata cannot be read: {error}") from error
    return found
