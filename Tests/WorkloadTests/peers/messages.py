# Holds claw's two encodings of workloads against protobuf's own: lines of JSON {"json": …, "binary": hexadecimal digits}
# come in on standard input, differences go out.
import json
import subprocess
import sys
import tempfile

import grpc_tools
from google.protobuf import json_format
from grpc_tools import protoc

proto = sys.argv[1]
folder = proto.rsplit("/", 1)[0]
with tempfile.TemporaryDirectory() as made:
    include = grpc_tools.__path__[0] + "/_proto"
    status = protoc.main(["", "-I" + folder, "-I" + include, "--python_out=" + made, proto])
    assert status == 0, "protoc refuses the file"
    sys.path.insert(0, made)
    import claw_pb2

    count = 0
    for line in sys.stdin:
        case = json.loads(line)
        binary = bytes.fromhex(case["binary"])
        from_json = claw_pb2.Workload()
        json_format.ParseDict(case["json"], from_json)
        if from_json.SerializeToString(deterministic=True) != binary:
            print("binary differs:", case["json"].get("id"))
        from_binary = claw_pb2.Workload.FromString(binary)
        if from_binary != from_json:
            print("messages differ:", case["json"].get("id"))
        if json_format.MessageToDict(from_binary) != case["json"]:
            print("JSON differs:", case["json"].get("id"))
        count += 1
    print("compared", count)
