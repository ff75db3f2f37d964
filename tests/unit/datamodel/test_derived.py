"""What is derived from the declarations for people: the reference and the typed client."""

import re
import subprocess
import sys
from pathlib import Path

from datamodel import api, client, reference_pages


def test_every_class_has_a_page_and_no_link_is_dead() -> None:
    pages = reference_pages.pages()
    assert {f"{name}.html" for name in api.classes} < set(pages)
    anchors = {name: set(re.findall(r'id="([^"]+)"', page)) for name, page in pages.items()}
    for name, page in pages.items():
        for target in re.findall(r'href="([^"]+)"', page):
            file, _, anchor = target.partition("#")
            assert file in pages, f"{name} links to {target}"
            assert not anchor or anchor in anchors[file], f"{name} links to {target}"


def test_every_documented_message_is_on_its_page() -> None:
    pages = reference_pages.pages()
    for message in api.messages.values():
        if not message.hide_from_docs:
            assert f'<h3 id="{message.name}">' in pages[f"{message.cls}.html"], message.wire


def test_a_page_shows_defaults_and_sets_words_of_the_wire_as_code() -> None:
    page = reference_pages.pages()["Bond.html"]
    assert "mode = &#34;balance-slb&#34;" in page
    assert "<code>master</code>." in page


def test_the_client_types_its_calls(tmp_path: Path) -> None:
    (tmp_path / client.MODULE).write_text(client.source())
    used = tmp_path / "used.py"
    used.write_text(
        "from xenapi_client import Session, VMRef, taskRef\n"
        "def start(xen: Session, vm: VMRef) -> taskRef:\n"
        "    name: str = xen.VM.get_record(vm)['name_label']\n"
        "    xen.VM.set_name_label(vm, 1)\n"
        "    return xen.Async.VM.start(vm, False, False)\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(used)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in checked.stdout.splitlines() if "error:" in line]
    assert len(errors) == 1 and errors[0].startswith("used.py:4:"), checked.stdout
