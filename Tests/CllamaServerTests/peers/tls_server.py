"""A server that only whoever trusts FOLDER/cert.pem believes. usage: tls_server.py PORT FOLDER certificate|name|plain

certificate is one for 127.0.0.1, name one for another address, plain none at all. FOLDER/told appears if it is told
anything, and what is answered is in FOLDER/answer.
"""

import os
import socket
import ssl
import subprocess
import sys

port, folder, kind = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = None
if kind != "plain":
    address = "127.0.0.1" if kind == "certificate" else "127.0.0.2"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={address} -addext subjectAltName=IP:{address}"
    files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run(words.split() + files, check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")


def request(connection):
    """What somebody asks, to its end; a connection that is closed with bytes unread is reset."""
    said = b""
    while b"\r\n\r\n" not in said:
        more = connection.recv(65536)
        if not more:
            return said
        said += more
    head, _, body = said.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return said


listener = socket.create_server(("127.0.0.1", port))
while True:
    connection, _ = listener.accept()
    try:
        if context is None:
            # What begins a handshake is no request.
            if b"HTTP/1" in connection.recv(65536):
                open(f"{folder}/told", "w").close()
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        else:
            with context.wrap_socket(connection, server_side=True) as secure:
                if request(secure):
                    open(f"{folder}/told", "w").close()
                    with open(f"{folder}/answer", "rb") as file:
                        body = file.read()
                    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
                    secure.sendall(head.encode() + body)
    except (ssl.SSLError, OSError):
        pass
    finally:
        connection.close()
