"""Keys: made once, for one pair of eyes, and a signature binds kind and text together."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from leakguard.errors import NotFound, NotTrusted, UsageProblem
from leakguard.fleet.keys import KeyRing, make_key, public_text, read_key
from support.full_disk import no_room

SEED = bytes(range(32))


def test_a_key_is_read_as_it_was_made_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "fleet.key"

    made = make_key(path, SEED)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public_text(read_key(path)) == public_text(made)
    assert public_text(made).startswith("ed25519:")


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "fleet.key"
    make_key(path, SEED)

    with pytest.raises(UsageProblem, match="exists already"):
        make_key(path, bytes(32))

    assert public_text(read_key(path)) == public_text(make_key(tmp_path / "same", SEED))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="cannot be written"):
        make_key(tmp_path / "no" / "fleet.key", SEED)


def test_a_disk_that_is_full_leaves_no_half_a_key(tmp_path: Path) -> None:
    path = tmp_path / "fleet.key"

    with no_room(), pytest.raises(UsageProblem, match="cannot be written"):
        make_key(path, SEED)

    assert not path.exists()
    make_key(path, SEED)


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o602])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "fleet.key"
    make_key(path, SEED)
    path.chmod(mode)

    with pytest.raises(NotTrusted, match="others may read"):
        read_key(path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot be read") as refused:
        read_key(tmp_path / "fleet.key")
    assert refused.value.next_step == "Make one: leakguard fleet key init"


def test_a_key_that_is_there_and_cannot_be_read_is_not_to_be_made_again(tmp_path: Path) -> None:
    """`fleet key init` would refuse, as there is one: who reads the key of another user needs another word."""
    with pytest.raises(NotFound, match="cannot be read: is a directory") as refused:
        read_key(tmp_path)

    assert "key init" not in refused.value.next_step
    assert "as the user who made it" in refused.value.next_step


def test_a_file_that_is_no_such_key_is_refused(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("text", b"CANARY not a key"), ("other", other)):
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(0o600)

        with pytest.raises(NotTrusted, match="holds no Ed25519 key") as refused:
            read_key(path)

        assert "CANARY" not in str(refused.value)
        assert "move the file away" in refused.value.next_step, "`key init` never replaces one"


def test_a_signature_is_of_kind_and_text_together(tmp_path: Path) -> None:
    key = make_key(tmp_path / "fleet.key", SEED)
    ring = KeyRing(key, {"me": public_text(key)})
    envelope = ring.close("result", "{}")

    assert ring.open(envelope).signer == "me"
    for changes in (
        {"kind": "shard"},
        {"body": "[]"},
        {"signature": ""},
        {"signature": ring.close("x", "{}").signature},
    ):
        with pytest.raises(NotTrusted, match="changed on the way"):
            ring.open(envelope.model_copy(update=changes))


def test_a_signature_that_the_key_made_for_anything_else_opens_nothing(tmp_path: Path) -> None:
    key = make_key(tmp_path / "fleet.key", SEED)
    ring = KeyRing(key, {"me": public_text(key)})
    elsewhere = base64.b64encode(key.sign(b"result\n{}")).decode()

    with pytest.raises(NotTrusted, match="changed on the way"):
        ring.open(ring.close("result", "{}").model_copy(update={"signature": elsewhere}))


def test_a_message_of_a_key_that_nobody_trusts_is_refused_however_well_it_is_signed(tmp_path: Path) -> None:
    key, other = make_key(tmp_path / "fleet.key", SEED), make_key(tmp_path / "other.key", bytes(32))

    with pytest.raises(NotTrusted, match="nobody here trusts"):
        KeyRing(key, {"me": public_text(key)}).open(KeyRing(other, {}).close("result", "{}"))


def test_a_key_may_speak_for_some_vantages_alone(tmp_path: Path) -> None:
    key = make_key(tmp_path / "fleet.key", SEED)

    bound = KeyRing(key, {"me": f"{public_text(key)} campus,outside"})
    free = KeyRing(key, {"me": public_text(key)})

    assert bound.open(bound.close("result", "{}")).vantages == ("campus", "outside")
    assert free.open(free.close("result", "{}")).vantages == ()


def test_a_ring_shows_no_key(tmp_path: Path) -> None:
    key = make_key(tmp_path / "fleet.key", SEED)

    assert "trusted" not in repr(KeyRing(key, {"me": public_text(key)}))
