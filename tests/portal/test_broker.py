"""The folder of messages: what a worker takes is whole, and what is broken kills nobody."""

from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection, Consumer, Exchange, Producer, Queue

from portal.broker import Transport


@pytest.fixture
def channel(tmp_path, monkeypatch):
    for folder in ("queue", "control", "taken"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "taken"))
    folders = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://", transport=Transport, transport_options=folders) as connection:
        yield connection.default_channel


def test_the_worker_uses_its_event_loop():
    assert Transport.implements.asynchronous


def test_what_lies_there_is_handed_out_up_to_what_the_consumer_has_room_for(channel):
    got = []
    queue = Queue("nudges", Exchange("nudges"), routing_key="nudges", channel=channel)
    queue.declare()
    consumer = Consumer(channel, [queue], callbacks=[lambda body, message: got.append((body, message))])
    consumer.qos(prefetch_count=2)
    consumer.consume()
    for number in range(5):
        Producer(channel, queue.exchange, "nudges").publish(number)
    transport = channel.connection
    transport.deliver_waiting()
    assert len(got) == 2
    for _, message in got:
        message.ack()
    transport.deliver_waiting()
    assert len({body for body, _ in got}) == 4
    for _, message in got[2:]:
        message.ack()


def test_the_embedded_set_up_uses_it():
    if settings.REDIS_URL:
        pytest.skip("Redis is the broker here")
    assert settings.CELERY_BROKER_TRANSPORT == "portal.broker:Transport"


def test_messages_come_out_as_they_went_in_each_once(channel, tmp_path):
    for number in range(3):
        channel._put("nudges", {"body": f"été {number}"})
    assert sorted(channel._get("nudges")["body"] for _ in range(3)) == ["été 0", "été 1", "été 2"]
    assert list((tmp_path / "queue").iterdir()) == []


def test_a_message_gets_its_name_only_once_it_is_whole(channel, tmp_path, monkeypatch):
    seen = []

    def rename(part, whole):
        seen.append((part.read_text(encoding="utf-8"), channel._size("nudges")))
        with pytest.raises(Empty):
            channel._get("nudges")
        part.replace(whole)

    monkeypatch.setattr(Path, "rename", rename)
    channel._put("nudges", {"body": "whole"})
    assert seen == [('{"body": "whole"}', 0)]
    assert channel._get("nudges") == {"body": "whole"}


@pytest.mark.parametrize("content", [b"", b'{"body": "cu', b"\xff\xfe"])
def test_a_broken_message_is_left_out(channel, tmp_path, content):
    (tmp_path / "queue" / "0_broken.nudges.msg").write_bytes(content)
    channel._put("nudges", {"body": "good"})
    assert channel._get("nudges") == {"body": "good"}
    with pytest.raises(Empty):
        channel._get("nudges")
