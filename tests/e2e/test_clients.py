"""Clients of other kinds: the typed one that is derived, Perl's, and Xen Orchestra's."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import httpx2 as httpx
import pytest
from datamodel import client

from tests.conftest import Pool

PERL = r"""
use strict; use warnings; use RPC::XML; use RPC::XML::Client;
my ($url, $password) = @ARGV;
my $client = RPC::XML::Client->new($url);
sub call {
    my ($method, @params) = @_;
    my $answer = $client->send_request($method, map { RPC::XML::string->new($_) } @params);
    die $answer unless ref $answer;
    my $said = $answer->value;
    return $said->{Status} eq "Success" ? $said->{Value} : join " ", @{ $said->{ErrorDescription} };
}
my $session = call("session.login_with_password", "root", $password, "1.0", "perl");
my $hosts = call("host.get_all_records", $session);
print scalar(keys %$hosts), "\n";
print call("VM.get_by_uuid", $session, "none"), "\n";
"""


XEN_API = Path(__file__).parents[1] / "clients" / "xen-api"


@pytest.fixture(scope="module")
def xenapi_client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    path = tmp_path_factory.mktemp("client") / client.MODULE
    path.write_text(client.source())
    spec = importlib.util.spec_from_file_location("xenapi_client", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_typed_client_reads_writes_and_fails(pool: Pool, xenapi_client: ModuleType) -> None:
    with xenapi_client.Session.login(pool.layout.url, "root", pool.password) as xen:
        hosts = xen.host.get_all_records()
        assert len(hosts) == len(pool.layout.hosts)
        template = xen.VM.get_by_name_label("Other install media")[0]
        vm = xen.VM.clone(template, "typed")
        try:
            assert xen.VM.get_record(vm)["is_a_template"] is True
            xen.VM.set_name_description(vm, "by the typed client")
            assert xen.VM.get_name_description(vm) == "by the typed client"
            assert xen.task.get_record(xen.Async.VM.provision(vm))["uuid"]
            with pytest.raises(xenapi_client.Failure) as caught:
                xen.VM.get_by_uuid("none")
            assert caught.value.code == "UUID_INVALID"
        finally:
            xen.VM.destroy(vm)


def test_perl_reads_and_fails(pool: Pool) -> None:
    said = subprocess.run(
        ["perl", "-e", PERL, pool.layout.url, pool.password],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == [str(len(pool.layout.hosts)), "UUID_INVALID VM none"]


@pytest.fixture(scope="module")
def xen_api(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with npm's `xen-api`, unmodified, and the walk that uses it."""
    if shutil.which("npm") is None:
        pytest.skip("Xen Orchestra's client needs node and npm")
    folder = tmp_path_factory.mktemp("xen-api") / "walk"
    shutil.copytree(XEN_API, folder)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("transport", ["json-rpc", "xml-rpc", "auto"])
def test_xen_orchestras_client_follows_a_vm(pool: Pool, xen_api: Path, transport: str) -> None:
    said = subprocess.run(
        ["node", "walk.mjs", pool.layout.url, pool.password, transport],
        cwd=xen_api,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(said.stdout) == {
        "hosts": len(pool.layout.hosts),
        "cloned": f"xen-api {transport}",
        "memoryIsANumber": transport != "xml-rpc",
        "started": "Running",
        "host": "host",
        "refused": "VM_BAD_POWER_STATE",
        "stopped": "Halted",
    }


def test_the_gateway_serves_the_reference(pool: Pool) -> None:
    assert "XenAPI reference" in httpx.get(f"{pool.layout.url}/reference/").text
    assert "VM.pool_migrate" in httpx.get(f"{pool.layout.url}/reference/VM.html").text
    assert httpx.get(f"{pool.layout.url}/reference/None.html").status_code == 404
