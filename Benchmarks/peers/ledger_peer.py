#!/usr/bin/env python3
"""Events of runs in SQLite as a Python program records them: canonical JSON, SHA-256, a chain, one transaction each.

ledger_peer.py FOLDER COUNT MODE [GROUP]: MODE is FULL or NORMAL (PRAGMA synchronous), GROUP the events of a transaction.
Prints the events per second of appending and of verifying, by the clock.
"""
import hashlib
import json
import os
import sqlite3
import sys
import time
import uuid

folder, count, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
group = int(sys.argv[4]) if len(sys.argv) > 4 else 1
path = os.path.join(folder, "peer.sqlite")
for end in ("", "-wal", "-shm"):
    if os.path.exists(path + end):
        os.unlink(path + end)
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=" + mode)
database.execute(
    "CREATE TABLE events(run TEXT NOT NULL, seq INTEGER NOT NULL, event_id TEXT NOT NULL UNIQUE, actor TEXT NOT NULL, "
    "payload TEXT NOT NULL, ts TEXT NOT NULL, type TEXT NOT NULL, version TEXT NOT NULL, prev_hash TEXT, hash TEXT NOT NULL, "
    "PRIMARY KEY(run, seq))"
)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


run = str(uuid.uuid4())
note = "x" * 700
previous = None
start = time.perf_counter()
for first in range(0, count, group):
    database.execute("BEGIN IMMEDIATE")
    for seq in range(first + 1, min(first + group, count) + 1):
        event = {
            "actor": {"actorId": "bench", "actorType": "system"},
            "eventId": str(uuid.uuid4()),
            "payload": {"note": note, "number": seq, "tags": ["a", "b"]},
            "runId": run,
            "schemaVersion": "1.0.0",
            "seq": seq,
            "ts": "2026-01-02T03:04:05.006Z",
            "type": "DoDRecorded",
        }
        digest = hashlib.sha256(canonical(event).encode()).hexdigest()
        database.execute(
            "INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?)",
            (run, seq, event["eventId"], canonical(event["actor"]), canonical(event["payload"]), event["ts"],
             event["type"], event["schemaVersion"], previous, digest),
        )
        previous = digest
    database.execute("COMMIT")
appended = time.perf_counter() - start

start = time.perf_counter()
previous = None
for row in database.execute(
    "SELECT seq, event_id, actor, payload, ts, type, version, prev_hash, hash FROM events WHERE run = ? ORDER BY seq", (run,)
):
    event = {
        "actor": json.loads(row[2]), "eventId": row[1], "payload": json.loads(row[3]), "runId": run, "schemaVersion": row[6],
        "seq": row[0], "ts": row[4], "type": row[5],
    }
    digest = hashlib.sha256(canonical(event).encode()).hexdigest()
    assert digest == row[8] and row[7] == previous
    previous = digest
verified = time.perf_counter() - start

start = time.perf_counter()
reads = 0
for seq in range(1, count + 1, max(1, count // 20000)):
    row = database.execute("SELECT actor, payload FROM events WHERE run = ? AND seq = ?", (run, seq)).fetchone()
    json.loads(row[0]), json.loads(row[1])
    reads += 1
read = time.perf_counter() - start
print(f"{count / appended:.0f} {count / verified:.0f} {reads / read:.0f}")
