"""Drives the official packages of OpenAI and Anthropic through a sidecar, against an upstream of its own.

usage: sdk.py UPSTREAM_PORT SIDECAR_PORT TOKEN COMMAND...   COMMAND starts the sidecar once the upstream listens.
Prints one line for each thing that holds; ends with status 1 at the first that does not.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai

upstream_port, port, token = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
cut = threading.Event()


class Upstream(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def json(self, value, status=200):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def start(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def event(self, value, name=None):
        text = ("event: %s\n" % name if name else "") + "data: %s\n\n" % (value if isinstance(value, str) else json.dumps(value))
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def finish_chunks(self):
        self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            {"/v1/chat/completions": self.chat, "/v1/responses": self.answer_responses, "/v1/embeddings": self.embeddings, "/v1/messages": self.messages}[self.path](body)
        except (BrokenPipeError, ConnectionResetError):
            cut.set()

    def embeddings(self, body):
        self.json({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 1.5]}], "model": body["model"], "usage": {"prompt_tokens": 3, "total_tokens": 3}})

    def chat(self, body):
        text = body["messages"][-1]["content"]
        if text == "slow":
            time.sleep(3)
        if text == "busy":
            return self.json({"error": {"message": "busy", "type": "rate_limit", "code": "rate_limit_exceeded", "param": None}}, 429)
        base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "lookup", "arguments": '{"word": "claw"}'}}
        if not body.get("stream"):
            message = {"role": "assistant", "content": "echo " + text}
            if body.get("tools"):
                message = {"role": "assistant", "content": None, "tool_calls": [{k: v for k, v in call.items() if k != "index"}]}
            return self.json({"id": "c", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if body.get("tools") else "stop"}], "usage": {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}})
        self.start()
        if body.get("tools"):
            self.event({**base, "choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [{**call, "function": {"name": "lookup", "arguments": ""}}]}, "finish_reason": None}]})
            for piece in ('{"wo', 'rd": "cl', 'aw"}'):
                self.event({**base, "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}, "finish_reason": None}]})
            self.event({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
        else:
            count = 10_000 if text == "endless" else 3
            for number in range(count):
                self.event({**base, "choices": [{"index": 0, "delta": {"content": "part%d " % number}, "finish_reason": None}]})
                if text == "endless":
                    time.sleep(0.02)
            self.event({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        if (body.get("stream_options") or {}).get("include_usage"):
            self.event({**base, "choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7}})
        self.event("[DONE]")
        self.finish_chunks()

    def answer_responses(self, body):
        item = {"type": "message", "id": "m1", "status": "completed", "role": "assistant", "content": [{"type": "output_text", "text": "one two", "annotations": []}]}
        whole = {"id": "r1", "object": "response", "created_at": 1, "model": body["model"], "status": "completed", "output": [item], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None, "instructions": None, "metadata": {}, "temperature": 1, "top_p": 1, "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7, "input_tokens_details": {"cached_tokens": 1}, "output_tokens_details": {"reasoning_tokens": 0}}}
        if not body.get("stream"):
            return self.json(whole)
        self.start()
        events = [
            {"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}},
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress", "content": []}},
            {"type": "response.content_part.added", "output_index": 0, "content_index": 0, "item_id": "m1", "part": {"type": "output_text", "text": "", "annotations": []}},
            {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "item_id": "m1", "delta": "one ", "logprobs": []},
            {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "item_id": "m1", "delta": "two", "logprobs": []},
            {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "item_id": "m1", "text": "one two", "logprobs": []},
            {"type": "response.content_part.done", "output_index": 0, "content_index": 0, "item_id": "m1", "part": item["content"][0]},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": whole},
        ]
        for number, event in enumerate(events):
            self.event({**event, "sequence_number": number}, event["type"])
        self.finish_chunks()

    def messages(self, body):
        text = body["messages"][-1]["content"]
        if text == "overloaded":
            return self.json({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 529)
        tool = {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {"word": "claw"}}
        usage = {"input_tokens": 6, "output_tokens": 3}
        base = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "stop_sequence": None}
        if not body.get("stream"):
            content = [tool] if body.get("tools") else [{"type": "text", "text": "echo " + text}]
            return self.json({**base, "content": content, "stop_reason": "tool_use" if body.get("tools") else "end_turn", "usage": usage})
        self.start()

        def event(value):
            self.event(value, value["type"])

        event({"type": "message_start", "message": {**base, "content": [], "stop_reason": None, "usage": {"input_tokens": 6, "output_tokens": 1}}})
        event({"type": "ping"})
        if body.get("tools"):
            event({"type": "content_block_start", "index": 0, "content_block": {**tool, "input": {}}})
            for piece in ('{"wor', 'd": "claw"}'):
                event({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}})
        else:
            event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
            for piece in ("one ", "two"):
                event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})
            if text == "fails":
                event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
                return self.finish_chunks()
        event({"type": "content_block_stop", "index": 0})
        event({"type": "message_delta", "delta": {"stop_reason": "tool_use" if body.get("tools") else "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 3}})
        event({"type": "message_stop"})
        self.finish_chunks()


server = ThreadingHTTPServer(("127.0.0.1", upstream_port), Upstream)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
sidecar = subprocess.Popen(sys.argv[4:])


def check(what, condition):
    if not condition:
        print("NOT", what, flush=True)
        sidecar.terminate()
        sys.exit(1)
    print("ok", what, flush=True)


def raises(kind, body):
    try:
        body()
    except kind as error:
        return error
    return None


try:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health").read()
            break
        except OSError:
            time.sleep(0.02)
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=token, max_retries=0)
    ask = [{"role": "user", "content": "hi"}]
    tools = [{"type": "function", "function": {"name": "lookup", "parameters": {"type": "object", "properties": {}}}}]
    answer = client.chat.completions.create(model="m", messages=ask)
    check("openai chat", answer.choices[0].message.content == "echo hi" and answer.usage.total_tokens == 6)
    parts = list(client.chat.completions.create(model="m", messages=ask, stream=True, stream_options={"include_usage": True}))
    check("openai stream", "".join(p.choices[0].delta.content or "" for p in parts if p.choices) == "part0 part1 part2 ")
    check("openai stream usage", parts[-1].usage.total_tokens == 7)
    answer = client.chat.completions.create(model="m", messages=ask, tools=tools)
    check("openai tools", answer.choices[0].message.tool_calls[0].function.arguments == '{"word": "claw"}')
    with client.chat.completions.stream(model="m", messages=ask, tools=tools) as stream:
        final = stream.get_final_completion()
    check("openai tools stream", final.choices[0].message.tool_calls[0].function.name == "lookup" and json.loads(final.choices[0].message.tool_calls[0].function.arguments) == {"word": "claw"})
    check("openai embeddings", client.embeddings.create(model="m", input="x", encoding_format="float").data[0].embedding == [0.5, 1.5])
    check("openai models", [m.id for m in client.models.list()] == ["mock/m"])
    check("openai responses", client.responses.create(model="m", input="x").output_text == "one two")
    with client.responses.stream(model="m", input="x") as stream:
        text = "".join(e.delta for e in stream if e.type == "response.output_text.delta")
        check("openai responses stream", text == "one two" and stream.get_final_response().output_text == "one two")
    check("openai rate limit", raises(openai.RateLimitError, lambda: client.chat.completions.create(model="m", messages=[{"role": "user", "content": "busy"}])).code == "rate_limit_exceeded")
    check("openai other model", raises(openai.PermissionDeniedError, lambda: client.chat.completions.create(model="other", messages=ask)).code == "policy_denied")
    check("openai wrong token", raises(openai.AuthenticationError, lambda: openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="no", max_retries=0).models.list()) is not None)
    check("openai bad request", raises(openai.BadRequestError, lambda: client.post("/chat/completions", body={"model": 7}, cast_to=object)) is not None)
    check("openai timeout", raises(openai.APITimeoutError, lambda: client.chat.completions.create(model="m", messages=[{"role": "user", "content": "slow"}], timeout=0.5)) is not None)
    stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "endless"}], stream=True)
    next(iter(stream))
    stream.close()
    check("openai cancellation", cut.wait(3))

    other = anthropic.Anthropic(base_url=f"http://127.0.0.1:{port}", api_key=token, max_retries=0)
    tools = [{"name": "lookup", "input_schema": {"type": "object", "properties": {}}}]
    answer = other.messages.create(model="claude", max_tokens=9, messages=ask)
    check("anthropic message", answer.content[0].text == "echo hi" and answer.usage.input_tokens == 6)
    with other.messages.stream(model="claude", max_tokens=9, messages=ask) as stream:
        check("anthropic stream", "".join(stream.text_stream) == "one two")
        check("anthropic stream usage", stream.get_final_message().usage.output_tokens == 3)
    answer = other.messages.create(model="claude", max_tokens=9, messages=ask, tools=tools)
    check("anthropic tools", answer.content[0].input == {"word": "claw"} and answer.stop_reason == "tool_use")
    with other.messages.stream(model="claude", max_tokens=9, messages=ask, tools=tools) as stream:
        final = stream.get_final_message()
    check("anthropic tools stream", final.content[0].input == {"word": "claw"} and final.stop_reason == "tool_use")
    check("anthropic overloaded", raises(anthropic.APIStatusError, lambda: other.messages.create(model="claude", max_tokens=9, messages=[{"role": "user", "content": "overloaded"}])).status_code == 529)

    def failing():
        with other.messages.stream(model="claude", max_tokens=9, messages=[{"role": "user", "content": "fails"}]) as stream:
            for _ in stream.text_stream:
                pass

    check("anthropic error in a stream", raises(anthropic.APIError, failing) is not None)
    check("anthropic wrong token", raises(anthropic.AuthenticationError, lambda: anthropic.Anthropic(base_url=f"http://127.0.0.1:{port}", api_key="no", max_retries=0).messages.create(model="claude", max_tokens=9, messages=ask)) is not None)
    check("anthropic bearer", anthropic.Anthropic(base_url=f"http://127.0.0.1:{port}", auth_token=token, max_retries=0).messages.create(model="claude", max_tokens=9, messages=ask).content[0].text == "echo hi")
finally:
    sidecar.terminate()
    sidecar.wait(10)
