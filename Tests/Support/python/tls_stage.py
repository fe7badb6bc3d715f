#!/usr/bin/env python3
"""TLS servers with sound and unsound certificates, and proxies in front of them, for tests of the network.

It prints one line of JSON on standard output: the ports by name, and `authority`, a file with the certificate of the
authority that signed them. It ends when its standard input closes.

The servers answer every request with `hello`. `sound` has a certificate for localhost, 127.0.0.1 and AWS's hosts of
us-east-1; that of `expired` ended, that of `future` has not begun, that of `other` is for another host, that of `stranger`
is signed by another authority. `old` speaks TLS 1.1 at most, `plain` no TLS. `open` and `guarded` are HTTP proxies:
whatever host they are asked to connect to is on this machine, and port 443 is that of `sound`. `guarded` demands
the user `ann` with the password `p@ss:word`, `closed` refuses every host. `GET /seen` of a proxy is answered with
`METHOD TARGET AUTHORIZATION` of its requests so far, as a list in JSON.
"""

import base64
import datetime
import ipaddress
import json
import os
import socket
import ssl
import sys
import tempfile
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
LOCAL = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
AWS = [x509.DNSName("*.us-east-1.amazonaws.com"), x509.DNSName("*.s3.us-east-1.amazonaws.com")]


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    def __init__(self, title):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.title = title
        self.certificate = self.sign(title, self.key.public_key(), NOW - 900 * DAY, NOW + 900 * DAY, is_authority=True)

    def sign(self, subject, public_key, begin, end, names=(), is_authority=False):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(self.title))
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, folder, begin=NOW - DAY, end=NOW + DAY, names=tuple(LOCAL)):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.sign("server", key.public_key(), begin, end, names)
        path = os.path.join(folder, f"{certificate.serial_number}.pem")
        with open(path, "wb") as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def listen(serve):
    """Serves each connection on a thread of its own; returns the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def each(connection):
        try:
            with connection:
                serve(connection)
        except OSError:
            pass  # the client went away, as it does from servers that it does not trust

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=each, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def head(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(4096)
        if not more:
            raise OSError("no request")
        received += more
    lines = received.split(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = {line.split(":")[0].lower(): line.split(":", 1)[1].strip() for line in lines[1:]}
    return lines[0].split(" ")[:2], headers


def answer(connection, status, body=b""):
    text = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall(text.encode() + body)


def server(context=None):
    def serve(connection):
        if not context and connection.recv(1, socket.MSG_PEEK) == b"\x16":
            # A TLS handshake. What is left unread when a connection is closed takes the answer along.
            connection.recv(65536)
            return answer(connection, "400 Bad Request")
        stream = context.wrap_socket(connection, server_side=True) if context else connection
        head(stream)
        answer(stream, "200 OK", b"hello")
        stream.close()

    return listen(serve)


def proxy(sound, login=None, is_closed=False):
    seen = []
    expected = "Basic " + base64.b64encode(login.encode()).decode() if login else None

    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def serve(connection):
        (method, target), headers = head(connection)
        if (method, target) == ("GET", "/seen"):
            return answer(connection, "200 OK", json.dumps(seen).encode())
        seen.append(f"{method} {target} {headers.get('proxy-authorization', '-')}")
        if expected and headers.get("proxy-authorization") != expected:
            return answer(connection, "407 Proxy Authentication Required")
        if is_closed or method != "CONNECT":
            return answer(connection, "403 Forbidden")
        port = int(target.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", sound if port == 443 else port)) as upstream:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(upstream, connection), daemon=True)
            back.start()
            pump(connection, upstream)
            back.join()

    return listen(serve)


def main():
    with tempfile.TemporaryDirectory() as folder:
        ours, stranger = Authority("Test Authority"), Authority("Stranger")
        authority = os.path.join(folder, "authority.pem")
        with open(authority, "wb") as file:
            file.write(ours.certificate.public_bytes(serialization.Encoding.PEM))
        old = ours.context(folder)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        sound = server(ours.context(folder, names=LOCAL + AWS))
        stage = {
            "authority": authority,
            "sound": sound,
            "expired": server(ours.context(folder, begin=NOW - 20 * DAY, end=NOW - 10 * DAY)),
            "future": server(ours.context(folder, begin=NOW + 10 * DAY, end=NOW + 20 * DAY)),
            "other": server(ours.context(folder, names=[x509.DNSName("example.com")])),
            "stranger": server(stranger.context(folder)),
            "old": server(old),
            "plain": server(),
            "open": proxy(sound),
            "guarded": proxy(sound, login="ann:p@ss:word"),
            "closed": proxy(sound, is_closed=True),
        }
        print(json.dumps(stage), flush=True)
        while sys.stdin.buffer.read(4096):
            pass


if __name__ == "__main__":
    main()
