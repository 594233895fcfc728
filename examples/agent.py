#!/usr/bin/env python3
"""An agent of StreamQ in Python: copy it, put your own world in place of Grid, and keep the rest.

It follows the policy in its own memory, acts on it epsilon-greedily, and publishes what it experiences. It needs
confluent-kafka, Kafka's client on top of librdkafka (Debian: python3-confluent-kafka), and no Avro library. While the job
runs:

    ./streamq config set maze actions=4 -b localhost:9092
    python3 examples/agent.py -b localhost:9092 --policy maze

Without the first line, the policy has as many actions as the job's option says, and experience of other actions is refused.
"""
import argparse
import io
import json
import math
import os
import random
import signal
import socket
import struct
import sys
import threading
import time
from collections import OrderedDict, namedtuple

try:
    import confluent_kafka as kafka
except ImportError:
    sys.exit("agent.py needs confluent-kafka: apt install python3-confluent-kafka, or pip install confluent-kafka")

EXPERIENCES, POLICY = "streamq.experiences.v1", "streamq.policy.v1"
# How Avro's single-object encoding begins: C3 01, then the fingerprint of the schema. The fields follow in their order.
EXPERIENCE_V1, POLICY_UPDATE_V1 = bytes.fromhex("c30192f61091f72b8411"), bytes.fromhex("c301aa26787a71da8e1b")
DOUBLE = struct.Struct("<d")
GRAVES = 100_000  # how many forgotten states are remembered, in some 25 MB

Row = namedtuple("Row", "action q_values version epoch")  # what the job last announced of a state


def number(n):  # zigzag, seven bits a byte
    n = (n << 1) ^ (n >> 63)
    encoded = bytearray()
    while n > 0x7F:
        encoded.append(n & 0x7F | 0x80)
        n >>= 7
    encoded.append(n)
    return bytes(encoded)


def text(s):
    utf8 = s.encode()
    return number(len(utf8)) + utf8


def array(numbers):  # as one block, which must not be empty: an empty one ends the array
    return number(len(numbers)) + b"".join(map(number, numbers)) + number(0)


def optional(encode, value):
    return number(0) if value is None else number(1) + encode(value)


def experience(state, action, reward, next_state, terminated, truncated=False, policy_id="default", agent_id=None,
               episode_id=None, step=None, discount=None, legal_actions=None, next_action=None,
               behavior_probability=None, policy_version=None, event_time=None):
    """The value of a record on EXPERIENCES; Experience.avsc says what each field means."""
    return b"".join([
        EXPERIENCE_V1, text(policy_id), optional(text, agent_id), optional(text, episode_id), optional(number, step),
        text(state), number(action), DOUBLE.pack(reward), optional(text, next_state), bytes([terminated, truncated]),
        optional(DOUBLE.pack, discount), optional(array, legal_actions), optional(number, next_action),
        optional(DOUBLE.pack, behavior_probability), optional(number, policy_version), optional(number, event_time),
    ])


def read_number(data):
    n = shift = 0
    while True:
        byte = data.read(1)[0]
        n |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (n >> 1) ^ -(n & 1)
        shift += 7


def read_double(data):
    return DOUBLE.unpack(data.read(8))[0]


def read_array(data, read):
    items = []
    while count := read_number(data):
        if count < 0:  # then the block's size in bytes follows
            count, _size = -count, read_number(data)
        items += [read(data) for _ in range(count)]
    return items


def policy_update(value):
    """Decodes the value of a record on POLICY."""
    if not value.startswith(POLICY_UPDATE_V1):
        # It is policy, too: an agent that skipped it would unknowingly act on a part.
        raise ValueError(f"{POLICY} must hold version 1 of PolicyUpdate, which begins with {POLICY_UPDATE_V1.hex()}: got "
                         f"{value[:10].hex()}; the job is of another release, so use the agent.py of that one")
    data = io.BytesIO(value[len(POLICY_UPDATE_V1):])
    for _ in "policyId", "state":  # the key has them
        data.read(read_number(data))
    action, _value, q_values = read_number(data), read_double(data), read_array(data, read_double)
    _visits, _updates = read_array(data, read_number), read_number(data)
    return Row(action, q_values, version=read_number(data), epoch=read_number(data))


def tombstone_epoch(headers, otherwise):
    """The attempt of the job that forgot the state."""
    try:
        return int(headers["streamq.epoch"])
    except (KeyError, TypeError, ValueError):  # the job did not write it
        return otherwise


class Policy:
    """The policy as the job announces it: read from the topic's beginning, and followed from there."""

    def __init__(self, bootstrap_servers, policy_id):
        self.policy_id = policy_id
        self.rows = {}  # by state
        self.graves = OrderedDict()  # by forgotten state, the latest last: the (epoch, version) that a record must exceed
        self.consumer = kafka.Consumer({
            "bootstrap.servers": bootstrap_servers,
            "group.id": "streamq-agent",  # nobody joins it, but librdkafka needs one, and looks up its coordinator
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",  # if the topic was recreated or has lost its end: read it again
            "isolation.level": "read_committed",  # an exactly-once job aborts what a crash left behind
            "enable.partition.eof": True,
        })
        topic = self.consumer.list_topics(POLICY, timeout=30).topics[POLICY]
        if topic.error:
            raise ValueError(f"{POLICY} must exist: {topic.error}; run ./streamq topics create")
        partitions = [kafka.TopicPartition(POLICY, each, kafka.OFFSET_BEGINNING) for each in topic.partitions]
        # Where each partition ends now, until that is reached: by a record there or later, or when the client reports the
        # end. Neither alone would do: while others write all the time the end is never reported, and the last offset may
        # be a transaction marker, which is no record.
        self.unread = {each.partition: self.consumer.get_watermark_offsets(each, timeout=30)[1] for each in partitions}
        self.consumer.assign(partitions)

    def follow(self, seconds=0.0):
        """Takes in what has arrived, and waits this long for more."""
        for message in self.consumer.consume(1000, seconds):
            error = message.error()
            if error is None:
                self.apply(message.key(), message.value(), dict(message.headers() or []))
                if message.offset() + 1 >= self.unread.get(message.partition(), math.inf):
                    del self.unread[message.partition()]
            elif error.code() == kafka.KafkaError._PARTITION_EOF:
                self.unread.pop(message.partition(), None)
            elif self.unread:
                raise kafka.KafkaException(error)
            else:  # librdkafka keeps trying, and an old policy is better than none
                print(f"{POLICY} cannot be read now: {error}", file=sys.stderr)

    def apply(self, key, value, headers):
        policy_id, _, state = key.decode().partition("/")
        if policy_id != self.policy_id:
            return
        held = self.rows.get(state)
        known = (held.epoch, held.version) if held else self.graves.get(state, (-1, -1))
        if value is not None:
            row = policy_update(value)
            if (row.epoch, row.version) > known:
                self.rows[state] = row
                self.graves.pop(state, None)
        else:
            told = tombstone_epoch(headers, known[0])
            if told >= known[0]:  # otherwise a later attempt knows better
                self.rows.pop(state, None)
                self.graves[state] = max(known, (told, 0))  # what an earlier attempt still says of it comes too late
                if len(self.graves) > GRAVES:
                    self.graves.popitem(last=False)


class Publisher:
    """Sends experience, and loses none silently."""

    def __init__(self, bootstrap_servers, agent_id):
        self.agent_id, self.delivered, self.lost = agent_id, 0, 0
        self.producer = kafka.Producer({
            "bootstrap.servers": bootstrap_servers,
            "client.id": agent_id,
            "enable.idempotence": True,  # and with it acks=all
            "max.in.flight.requests.per.connection": 1,  # with more, a new leader may lose a batch: KAFKA-15591
            "delivery.timeout.ms": 600_000,  # an outage of up to ten minutes only costs time
            "linger.ms": 10,
            "compression.type": "lz4",
        })

    def publish(self, value, stopping):
        self.producer.poll(0)  # runs the delivery callbacks
        while True:
            try:  # the key keeps the experience of an agent in order
                return self.producer.produce(EXPERIENCES, value, key=self.agent_id, on_delivery=self.told)
            except BufferError:  # full: wait rather than lose it, unless stopping
                if stopping.is_set():
                    return self.told("its buffer was full when the agent was told to stop", None)
                self.producer.poll(0.1)

    def told(self, error, _message):
        if error is None:
            self.delivered += 1
        else:
            self.lost += 1
            if self.lost == 1:  # other losses mostly have the same cause
                print(f"experience was not delivered to {EXPERIENCES}: {error}", file=sys.stderr)

    def close(self, seconds=30):
        under_way = self.producer.flush(seconds)  # meanwhile, told() may count
        self.lost += under_way
        if self.lost:
            print(f"{self.lost} experiences were not delivered to {EXPERIENCES}, {under_way} of them because time ran "
                  "out at the end", file=sys.stderr)


def decide(row, legal, epsilon, chance):
    """An action, its probability, the actions it was chosen from, and the version of the row it is based on, if it is."""
    # While a policy gets more actions, keep to those that world and row both have.
    known = [action for action in legal if row and action < len(row.q_values)]
    if not known:
        return chance.choice(legal), 1 / len(legal), legal, None
    best = row.action if row.action in known else max(known, key=row.q_values.__getitem__)
    action = chance.choice(known) if chance.random() < epsilon else best
    return action, epsilon / len(known) + (1 - epsilon) * (action == best), known, row.version


class Grid:
    """From the top left of four by four cells to the bottom right; each step costs 1, and none may leave the grid.

    Except for that last rule it is the world of `./streamq demo --world grid --size 4x4`, and has the same optimum.
    """
    SIZE, MAXIMUM_STEPS = 4, 160
    MOVES = (0, -1), (1, 0), (0, 1), (-1, 0)  # left, down, right, up

    def reset(self):
        self.row = self.column = self.steps = 0
        return "0"

    def legal_actions(self):
        return [action for action, (down, right) in enumerate(self.MOVES)
                if 0 <= self.row + down < self.SIZE and 0 <= self.column + right < self.SIZE]

    def step(self, action):
        """The next state, the reward, and whether the task ended or was cut off."""
        down, right = self.MOVES[action]
        self.row, self.column, self.steps = self.row + down, self.column + right, self.steps + 1
        terminated = self.row == self.column == self.SIZE - 1
        truncated = self.steps == self.MAXIMUM_STEPS and not terminated
        return str(self.row * self.SIZE + self.column), -1.0, terminated, truncated


def live(world, policy, publisher, episode_id, epsilon, chance, stopping):
    """Lives one episode, to its end unless stopped, and returns the sum of its rewards."""
    state, total, step, ended = world.reset(), 0, 0, False
    while not (ended or stopping.is_set()):
        policy.follow(0.001)  # which also paces this world: left to itself it would outrun the job
        action, probability, legal, version = decide(policy.rows.get(state), world.legal_actions(), epsilon, chance)
        acted = time.time_ns() // 1_000_000
        next_state, reward, terminated, truncated = world.step(action)
        publisher.publish(experience(
            state, action, reward, next_state, terminated, truncated, policy.policy_id, publisher.agent_id, episode_id,
            step, legal_actions=legal,  # without them the job takes all actions for legal
            behavior_probability=probability, policy_version=version, event_time=acted), stopping)
        state, total, step, ended = next_state, total + reward, step + 1, terminated or truncated
    return total


def main():
    parser = argparse.ArgumentParser(description="An agent that learns its way through a grid of four by four cells.")
    parser.add_argument("-b", "--bootstrap-servers", required=True, metavar="HOST:PORT")
    parser.add_argument("--policy", default="default", help="which policy to follow and feed")
    parser.add_argument("--episodes", type=int, default=1000, help="how many to live; -1: until Ctrl-C")
    parser.add_argument("--epsilon", type=float, default=0.3, help="how often to try something, in [0, 1]")
    parser.add_argument("--seed", type=int, help="seed of chance")
    parser.add_argument("--json", action="store_true", help="print at the end what was done, and the policy as known")
    options = parser.parse_args()

    stopping = threading.Event()
    for ending in signal.SIGINT, signal.SIGTERM:
        signal.signal(ending, lambda *_: stopping.set())
    chance, returns, started = random.Random(options.seed), [], time.time_ns()
    publisher = Publisher(options.bootstrap_servers, f"{socket.gethostname()}-{os.getpid()}")
    try:
        policy = Policy(options.bootstrap_servers, options.policy)
        while policy.unread and not stopping.is_set():
            policy.follow(0.1)
        print(f"{publisher.agent_id} knows {len(policy.rows)} states of policy {options.policy}.", file=sys.stderr)
        while len(returns) != options.episodes and not stopping.is_set():
            # Includes the time, as no identity may recur, even after a restart.
            episode_id = f"{started}-{len(returns)}"
            returns.append(live(Grid(), policy, publisher, episode_id, options.epsilon, chance, stopping))
    except (kafka.KafkaException, ValueError) as e:
        sys.exit(f"agent.py: {e}")
    finally:
        publisher.close()
    recent = returns[-100:]
    summary = {"agentId": publisher.agent_id, "episodes": len(returns), "meanReturn": sum(recent) / max(1, len(recent)),
               "delivered": publisher.delivered, "lost": publisher.lost}
    if options.json:
        print(json.dumps({**summary, "policy": {state: row._asdict() for state, row in policy.rows.items()}}))
    else:
        print("{episodes} episodes, {delivered} experiences; the last 100 episodes returned {meanReturn:.1f} on average"
              .format(**summary))
    sys.exit(1 if publisher.lost else 130 if stopping.is_set() else 0)


if __name__ == "__main__":
    main()
