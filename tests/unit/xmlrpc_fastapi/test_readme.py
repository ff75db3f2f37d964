"""The README's example, served over a socket, to Python's client and to Perl's."""

import re
import subprocess
import threading
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import xmlrpc_fastapi

README = Path(xmlrpc_fastapi.__file__).parents[2] / "README.md"

PERL = r"""
use strict; use warnings; use RPC::XML; use RPC::XML::Client;
my $client = RPC::XML::Client->new($ARGV[0]);
print $client->simple_request("math.add", 2, 3), "\n";
print $client->simple_request("math.add", 2), "\n";
my $fault = $client->send_request("math.none");
print $fault->code, "\n";
my @calls = map { { methodName => "math.add", params => $_ } } [1, 1], [2];
print join(",", map { $_->[0] } @{ $client->simple_request("system.multicall", \@calls) }), "\n";
my $names = $client->simple_request("system.listMethods");
print scalar(grep { $_ eq "math.add" } @$names), "\n";
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    example = re.findall(r"```python\n(from.*?)```", README.read_text(), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(example, str(README), "exec"), names)
    config = uvicorn.Config(names["app"], port=0, log_config=None, lifespan="off")
    bound = config.bind_socket()
    bound.listen()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield f"http://127.0.0.1:{bound.getsockname()[1]}/RPC2"
    server.should_exit = True
    thread.join()
    bound.close()


def test_the_example_answers_python(url: str) -> None:
    with xmlrpc.client.ServerProxy(url) as proxy:
        assert proxy.math.add(2, 3) == 5


def test_the_example_answers_perl(url: str) -> None:
    said = subprocess.run(["perl", "-e", PERL, url], capture_output=True, text=True, check=False)
    assert (said.stdout.split(), said.stderr) == (["5", "3", "-32601", "2,3", "1"], "")
