#!/usr/bin/env python3
"""A second implementation of canonical JSON, event hashes, CNF reports and Merkle proofs, with Python's standard library alone.

  equivalence.py canonical < FILE          the canonical form (RFC 8785), or why there is none (status 1)
  equivalence.py generate SEED COUNT       cases with what this implementation makes of them, one JSON object a line
  equivalence.py verify EVENTS [PROOFS CHECKPOINT]
                                           an exported run: hashes and links; with proofs, that each event is in the log that the
                                           checkpoint is of. Whether its signature is good, openssl says (docs/ledger.md).
"""

import base64
import hashlib
import json
import random
import struct
import sys

DEPTH = 128
EXACT = 2**53 - 1


class Refused(Exception):
    """A text that has no canonical form."""


def sha256(data):
    return hashlib.sha256(data).digest()


# Canonical JSON


def parse(data):
    """The value of a strict JSON text: duplicate names, lone surrogates, NaN, large integers and deep nesting are refused."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refused("a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"no UTF-8: {error.reason}") from error

    def members(pairs):
        result = {}
        for name, value in pairs:
            if name in result:
                raise Refused(f"{name!r} is there twice")
            result[name] = value
        return result

    def whole(digits):
        number = int(digits) if len(digits) < 400 else EXACT + 1
        if abs(number) > EXACT:
            raise Refused(f"{digits[:40]} is no exact integer")
        return number

    def fraction(digits):
        number = float(digits)
        if number in (float("inf"), float("-inf")):
            raise Refused(f"{digits[:40]} is out of range")
        return number

    def constant(word):
        raise Refused(f"{word} is no JSON")

    check_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=members, parse_int=whole, parse_float=fraction, parse_constant=constant
        )
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from error
    check_text(value)
    return value


def check_depth(text):
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH:
                raise Refused("nested too deep")
        elif character in "]}":
            depth -= 1


def check_text(value):
    if isinstance(value, str):
        if any(0xD800 <= ord(character) < 0xE000 for character in value):
            raise Refused("half of a surrogate pair")
    elif isinstance(value, list):
        for element in value:
            check_text(element)
    elif isinstance(value, dict):
        for name, element in value.items():
            check_text(name)
            check_text(element)


def number_text(value):
    """A double as ECMAScript's Number::toString spells it."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(float(value))).partition("e")
    head, _, tail = mantissa.partition(".")
    if tail == "0":
        tail = ""
    digits = (head + tail).lstrip("0")
    point = len(head) + int(exponent or 0)
    if head == "0":
        point -= len(tail) - len(tail.lstrip("0")) + 1
        point = point if exponent else -(len(tail) - len(tail.lstrip("0")))
    digits = digits.rstrip("0") or "0"
    count = len(digits)
    if count <= point <= 21:
        text = digits + "0" * (point - count)
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        rest = "." + digits[1:] if count > 1 else ""
        text = digits[0] + rest + "e" + ("+" if point > 0 else "-") + str(abs(point - 1))
    return sign + text


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def string_text(text):
    return (
        '"'
        + "".join(
            ESCAPES.get(character) or (f"\\u{ord(character):04x}" if character < " " else character)
            for character in text
        )
        + '"'
    )


def canonical_text(value):
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, str):
        return string_text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_text, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{string_text(name)}:{canonical_text(value[name])}" for name in names) + "}"


def canonical(value):
    return canonical_text(value).encode("utf-8")


# Events

HASHED = ("actor", "eventId", "payload", "runId", "schemaVersion", "seq", "ts", "type")


MEMBERS = {*HASHED, "hash", "prevHash"}


def documents(data):
    """JSON documents one behind the other, with any white space between."""
    decoder, text, place, found = json.JSONDecoder(), data.decode("utf-8"), 0, []
    while True:
        while place < len(text) and text[place] in " \t\r\n":
            place += 1
        if place == len(text):
            return found
        end = decoder.raw_decode(text, place)[1]
        found.append(parse(text[place:end].encode("utf-8")))
        place = end


def hashed_bytes(event):
    return canonical({name: event[name] for name in HASHED})


def leaf_bytes(event):
    """What the log has of an event: all of it but actor and payload, which its hash stands for."""
    names = ("eventId", "hash", "prevHash", "runId", "seq", "ts", "type")
    return canonical({name: event[name] for name in names})


# CNF reports


def report(mode, problems, hashes):
    def key(problem):
        def last(text):
            return (text is None, (text or "").encode("utf-16-be"))

        return (
            problem["code"].encode("utf-16-be"),
            last(problem.get("artifactType")),
            last(problem.get("path")),
            problem["message"].encode("utf-16-be"),
        )

    kept = [{name: text for name, text in problem.items() if text is not None} for problem in problems]
    value = {
        "specVersion": "1.0.0",
        "mode": mode,
        "verdict": "fail" if problems else "pass",
        "exitCode": 1 if problems else 0,
        "errors": sorted(kept, key=key),
    }
    hashes = {name: digest for name, digest in hashes.items() if digest is not None}
    if hashes:
        value["hashes"] = hashes
    return canonical(value)


# Merkle trees (RFC 9162)


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def tree_root(leaves):
    """The root by its definition: the largest power of two below the count goes left."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_root(leaves[:split]), tree_root(leaves[split:]))


def inclusion_root(index, size, leaf, path):
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); none if the proof has another length."""
    if index >= size:
        return None
    last = size - 1
    for sibling in path:
        if last == 0:
            return None
        if index % 2 == 1 or index == last:
            leaf = node_hash(sibling, leaf)
            while index % 2 == 0 and index > 0:
                index, last = index // 2, last // 2
        else:
            leaf = node_hash(leaf, sibling)
        index, last = index // 2, last // 2
    return leaf if last == 0 else None


# Cases

NAMES = ["", "a", "b", "aa", "A", "é", "e\u0301", "\ue000", "\U0001f600", "10", "9", "01", "4294967295", "__proto__", "\x7f",
         "a\"b", "a\\b", "\u2028", "ß", "\n", "\x1f", "constructor"]
NUMBERS = ["0", "-0", "0.0", "-0.0", "1", "-1", "1.0", "1e10", "1e20", "1e21", "1E+21", "1e-6", "1e-7", "5e-324", "2.5e-324",
           "1.7976931348623157e308", "1.7976931348623159e308", "1e400", "1e-400", "9007199254740991", "9007199254740992",
           "-9007199254740993", "9007199254740993.0", "333333333.33333329", "4.50", "2e-3", "0.1", "123456789012345678901234567890",
           "100000000000000000000", "0.000001", "1e00", "10e-1", "1.5e+300"]
BROKEN = ["01", "1.", ".5", "+1", "NaN", "Infinity", "-Infinity", "1e", "0x1", "nul", "'a'", "", "[1,]", "{\"a\":1,}", "{a:1}",
          "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\x\"", "\"\t\"", "[1 2]", "{} {}", "\"a", "\ufeff1", "{\"a\":1,\"a\":2}",
          "{\"a\":1,\"\\u0061\":2}", "[" * 129 + "]" * 129, "[" * 128 + "]" * 128]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def space(self):
        return self.random.choice(["", "", "", " ", "\n", "\t", " \r\n "])

    def number(self):
        if self.random.random() < 0.5:
            return self.random.choice(NUMBERS)
        if self.random.random() < 0.5:
            return str(self.random.randrange(-(2**54), 2**54))
        bits = self.random.getrandbits(64)
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
        return repr(value) if value == value and abs(value) != float("inf") else "0"

    def string(self):
        pieces = []
        for _ in range(self.random.randrange(5)):
            piece = self.random.choice(NAMES + ["\\u00e9", "\\ud83d\\ude00", "\\/", "\\b", "\\u001f", "\\u2029", "plain text"])
            if not piece.startswith("\\"):
                piece = "".join(
                    f"\\u{ord(c):04x}" if c < " " or c in '"\\' or (ord(c) < 0x10000 and self.random.random() < 0.1) else c
                    for c in piece
                )
            pieces.append(piece)
        return '"' + "".join(pieces) + '"'

    def value(self, depth):
        kind = self.random.randrange(8 if depth > 0 else 5)
        space = self.space()
        if kind < 2:
            return space + self.number()
        if kind < 4:
            return space + self.string()
        if kind == 4:
            return space + self.random.choice(["true", "false", "null"])
        count = self.random.randrange(5)
        if kind == 5:
            return space + "[" + ",".join(self.value(depth - 1) for _ in range(count)) + self.space() + "]"
        members = ",".join(f"{self.space()}{self.string()}{self.space()}:{self.value(depth - 1)}" for _ in range(count))
        return space + "{" + members + self.space() + "}"

    def text(self):
        choice = self.random.random()
        if choice < 0.05:
            return self.random.choice(BROKEN).encode("utf-8", "surrogatepass")
        text = self.value(4).encode("utf-8")
        if choice < 0.2:
            data = bytearray(text)
            for _ in range(self.random.randrange(1, 3)):
                data[self.random.randrange(len(data))] = self.random.randrange(256)
            return bytes(data)
        return text

    def canonical_case(self):
        data = self.text()
        case = {"kind": "canonical", "text": base64.b64encode(data).decode()}
        try:
            case["result"] = base64.b64encode(canonical(parse(data))).decode()
        except Refused as refusal:
            case["refused"] = str(refusal)
        return case

    def event_case(self):
        while True:
            try:
                payload = parse(("{" + self.string() + ":" + self.value(3) + "}").encode())
                break
            except Refused:
                continue
        event = {
            "eventId": "22222222-2222-4222-8222-%012d" % self.random.randrange(10**12),
            "runId": "11111111-1111-4111-8111-111111111111",
            "seq": self.random.randrange(1, 10**6),
            "ts": "2026-01-02T03:04:05.%03dZ" % self.random.randrange(1000),
            "type": "StepCompleted",
            "schemaVersion": "1.0.0",
            "actor": {"actorId": self.random.choice(["claw", "ann", "müller"]), "actorType": "system"},
            "payload": payload,
        }
        digest = hashlib.sha256(hashed_bytes(event)).hexdigest()
        event.update({"hash": digest, "prevHash": None})
        # The members in any order: a reader must not depend on it.
        names = list(event)
        self.random.shuffle(names)
        text = json.dumps({name: event[name] for name in names}, ensure_ascii=self.random.random() < 0.5)
        return {"kind": "event", "text": base64.b64encode(text.encode()).decode(), "hash": digest}

    def report_case(self):
        codes = ["HASH_MISMATCH", "SEQ_GAP", "SEQUENCE_X", "CANONICAL_INVALID"]
        types = [None, "execution-plan", "evidence-chain", "é"]
        paths = [None, "/a.json", "/B.json", "/events/4", "\U0001f600", "\ue000"]
        problems = [
            {
                "code": self.random.choice(codes),
                "message": self.random.choice(["z", "é", "planHash", "expected 4, got 6", "\U0001f600", "\uffee"]),
                "artifactType": self.random.choice(types),
                "path": self.random.choice(paths),
            }
            for _ in range(self.random.randrange(12))
        ]
        hashes = {"planHash": self.random.choice([None, "ab" * 32]), "packageHash": self.random.choice([None, "cd" * 32])}
        mode = self.random.choice(["session", "sealed-package"])
        result = report(mode, problems, hashes)
        return {
            "kind": "report",
            "mode": mode,
            "problems": problems,
            "hashes": hashes,
            "result": base64.b64encode(result).decode(),
        }

    def tree_case(self):
        size = self.random.randrange(1, 70)
        leaves = [bytes([self.random.randrange(256) for _ in range(self.random.randrange(4))]) for _ in range(size)]
        return {
            "kind": "tree",
            "leaves": [leaf.hex() for leaf in leaves],
            "index": self.random.randrange(size),
            "root": tree_root(leaves).hex(),
        }


def generate(seed, count):
    generator = Generator(seed)
    makers = [generator.canonical_case] * 7 + [generator.event_case, generator.report_case, generator.tree_case]
    for index in range(count):
        print(json.dumps(makers[index % len(makers)]()))


# Verifying an export


def verify(events_path, proofs_path=None, checkpoint_path=None):
    failures = []
    with open(events_path, "rb") as file:
        lines = [line for line in file.read().split(b"\n") if line]
    events = [parse(line) for line in lines]
    previous = None
    for number, (line, event) in enumerate(zip(lines, events), 1):
        # A member that no hash covers, or another spelling, is something that nobody vouches for.
        if set(event) != MEMBERS:
            failures.append(f"event {number}: its members are not those of an event")
            continue
        if canonical(event) != line:
            failures.append(f"event {number}: it is not in its canonical form")
        if hashlib.sha256(hashed_bytes(event)).hexdigest() != event["hash"]:
            failures.append(f"event {number}: the hash is another")
        if event["prevHash"] != previous:
            failures.append(f"event {number}: it does not follow the one before")
        if event["seq"] != number:
            failures.append(f"event {number}: its number is {event['seq']}")
        previous = event["hash"]
    if not events or events[0]["type"] != "RunStarted":
        failures.append("the run does not begin with RunStarted")
    if proofs_path:
        with open(checkpoint_path, encoding="utf-8") as file:
            origin, size, root = file.read().split("\n")[:3]
        with open(proofs_path, "rb") as file:
            proofs = documents(file.read())
        if len(proofs) != len(events):
            failures.append(f"{len(proofs)} proofs of {len(events)} events")
        for event, proof in zip(events, proofs):
            if set(event) != MEMBERS:
                continue
            leaf = leaf_bytes(event)
            path = [bytes.fromhex(step) for step in proof["path"]]
            found = inclusion_root(proof["index"], int(size), leaf_hash(leaf), path)
            if found != base64.b64decode(root) or proof.get("origin", origin) != origin:
                failures.append(f"event {event['seq']}: it is not in the log of the checkpoint")
    for failure in failures:
        print(failure)
    print("invalid" if failures else f"{len(events)} events fit{' the checkpoint' if proofs_path else ''}")
    return 1 if failures else 0


def main(words):
    if words[:1] == ["canonical"]:
        try:
            sys.stdout.buffer.write(canonical(parse(sys.stdin.buffer.read())))
        except Refused as refusal:
            sys.exit(f"equivalence: {refusal}")
    elif words[:1] == ["generate"] and len(words) == 3:
        generate(int(words[1]), int(words[2]))
    elif words[:1] == ["verify"] and len(words) in (2, 4):
        return verify(*words[1:])
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
