"""What a new VM gets from the one that it is made of."""

from datamodel import api
from datamodel.refs import as_ref
from datamodel.values import default_record
from forwarder.records import snapshot_metadata
from forwarder.records.new_vm import mac_of

from tests.records import shown


def test_an_interface_has_the_same_address_whenever_it_is_made_from_the_same_seed() -> None:
    seed = "6018c9d6-cfcf-0c7c-3195-9c962a81a227"
    assert mac_of(seed, 0) == mac_of(seed, 0) != mac_of(seed, 1)
    assert int(mac_of(seed, 0)[:2], 16) & 0b11 == 0b10, "local, and no group's"


def test_the_record_kept_with_a_snapshot_names_columns_backwards() -> None:
    record = {**default_record(api.classes["VM"]), "other_config": {"a": "it's"}}
    text = snapshot_metadata.written(as_ref("OpaqueRef:1"), shown("VM", record))
    assert text.startswith("(('xenstore_data' '()') ('version' '0') ('uuid' '')")
    assert "('other_config' '((\\'a\\' \\'it\\\\\\'s\\'))')" in text
    assert "('HVM__shadow_multiplier' '1') ('HVM__boot_policy' '')" in text
    assert "('_ref' 'OpaqueRef:1')" in text
