import os
import re
import socket
import tempfile
import threading
import unittest
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from plinth_client import AuthClient, ProblemError, UnreachableError

URL = os.environ["PLINTH_URL"]
COOKIE = "user_session_id"
PRODUCTS = "/api/v1/products"


def lamp(sku):
    return {"sku": sku, "name": "Lamp", "price": 1250}


def signed_in(username="testuser1"):
    """Signs in at the development provider as a browser would: follow, fill in the form, follow."""
    client = AuthClient(URL)
    form = client.session.get(client.login_url(), timeout=30)
    action = re.search(r'action="([^"]+)"', form.text).group(1)
    fields = {"username": username, "password": "password123"}
    client.session.post(urljoin(form.url, action), data=fields, timeout=30)
    return client


@contextmanager
def answering(rest, keeps=False):
    """A server that says 200 and then these bytes, to everybody; it closes after them unless it keeps."""
    server = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve():
        while True:
            try:
                taken, _ = server.accept()
            except OSError:
                return
            taken.recv(65_536)
            taken.sendall(b"HTTP/1.1 200 OK\r\n" + rest)
            held.append(taken) if keeps else taken.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for taken in held:
            taken.close()


class AuthClientTest(unittest.TestCase):
    def test_state(self):
        """contract 31.1 Python check_auth_state: nobody, then a person with the CSRF token"""
        self.assertEqual(AuthClient(URL).check_auth_state()["authenticated"], False)
        state = signed_in().check_auth_state()
        self.assertEqual(state["user"]["email"], "testuser1@example.com")
        self.assertRegex(state["csrf_token"], r"\S{20,}")

    def test_login_url(self):
        """contract 31.1 Python login_url names the provider only when it is not the default"""
        client = AuthClient()
        self.assertEqual(client.login_url(), "http://localhost:8000/auth/web/login?return_to=%2F")
        self.assertEqual(
            client.login_url("google", "/dashboard", max_age_seconds=60, acr_values=["gold"]),
            "http://localhost:8000/auth/web/login?provider=google&return_to=%2Fdashboard&max_age=60&acr_values=gold",
        )

    def test_way_back(self):
        """contract 31.1 Python login_url writes a page of the service as its path, others as they are"""
        own = "http://localhost:8000"
        listed = ["http://localhost:3000/x", f"{own}.evil.example/", f"{own}1/"]
        wanted = {own: "/", f"{own}/": "/", f"{own}/stock?page=2": "/stock?page=2", **{one: one for one in listed}}
        for given, kept in wanted.items():
            query = urlsplit(AuthClient().login_url(return_to=given)).query
            self.assertEqual(parse_qs(query)["return_to"], [kept])

    def test_netrc(self):
        """Python what a .netrc says of the host is no second credential"""
        client = signed_in()
        with tempfile.NamedTemporaryFile("w", suffix="netrc") as netrc:
            netrc.write("default login somebody password else\n")
            netrc.flush()
            with mock.patch.dict(os.environ, {"NETRC": netrc.name}):
                self.assertTrue(client.me()["authenticated"])
                self.assertEqual(client.call("GET", PRODUCTS)["offset"], 0)

    def test_no_whole_answer(self):
        """Python an answer that breaks off, comes late or is not the service's own is a typed error"""
        with answering(b"Content-Length: 9\r\n\r\n{", keeps=True) as url:
            for ask in (AuthClient.me, AuthClient.check_auth_state):
                with self.assertRaises(UnreachableError) as raised:
                    ask(AuthClient(url, timeout_seconds=0.2))
                self.assertTrue(raised.exception.timed_out)
        for cut in (b"Content-Length: 9\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n9\r\n{"):
            with answering(cut) as url, self.assertRaises(UnreachableError) as raised:
                AuthClient(url).call("GET", "/x")
            self.assertFalse(raised.exception.timed_out)
        with answering(b"Content-Length: 2\r\n\r\n<p") as url, self.assertRaises(ProblemError) as raised:
            AuthClient(url).me()
        self.assertEqual((raised.exception.status, raised.exception.code), (200, "http.200"))

    def test_api(self):
        """contract 31.2 Python request and call reach the API; a refusal is a typed problem"""
        client = signed_in()
        headers = {"X-Mine": "1"}
        made = client.authenticated_request("post", URL + PRODUCTS, json=lamp("PY-1"), headers=headers)
        self.assertEqual((made.status_code, headers), (201, {"X-Mine": "1"}))
        one = f"{PRODUCTS}/{made.json()['id']}"
        self.assertEqual(client.call("GET", one)["sku"], "PY-1")
        with self.assertRaises(ProblemError) as raised:
            client.call("POST", PRODUCTS, json={"sku": "x"})
        problem = raised.exception
        self.assertEqual((problem.status, str(problem)), (422, problem.detail))
        self.assertIn("body/sku", [detail["path"] for detail in problem.details])
        self.assertTrue(problem.request_id)
        self.assertIsNone(client.call("DELETE", one))

    def test_csrf_retry(self):
        """contract 31.1 Python: a session renewed elsewhere costs one retry, and the write happens once"""
        client = signed_in()
        client.me()
        elsewhere = AuthClient(URL, session=client.session)
        self.assertTrue(elsewhere.refresh_session())
        made = client.call("POST", PRODUCTS, json=lamp("PY-2"))
        skus = [item["sku"] for item in client.call("GET", PRODUCTS)["items"]]
        self.assertEqual(skus.count("PY-2"), 1)
        client.call("DELETE", f"{PRODUCTS}/{made['id']}")

    def test_other_person(self):
        """Python: a request is not repeated for somebody else who signed in meanwhile"""
        client = signed_in()
        client.me()
        other = signed_in("testuser2")
        client.session = other.session
        with self.assertRaises(ProblemError) as raised:
            client.call("POST", PRODUCTS, json=lamp("PY-3"))
        self.assertEqual(raised.exception.status, 403)
        self.assertEqual(other.call("GET", PRODUCTS)["items"], [])

    def test_refresh(self):
        """contract 31.1 Python refresh: a new cookie and a new token"""
        client = signed_in()
        before = client.me()["csrf_token"]
        former = client.session.cookies.get(COOKIE)
        client.refresh()
        self.assertNotEqual(client.session.cookies.get(COOKIE), former)
        self.assertNotEqual(client.me()["csrf_token"], before)
        gone = AuthClient(URL)
        self.assertFalse(gone.refresh_session())
        with self.assertRaises(ProblemError) as raised:
            gone.refresh()
        self.assertEqual(raised.exception.code, "auth.no_session")

    def test_logout(self):
        """contract 31.1 Python logout ends the session here and says where it ends at the provider"""
        client = signed_in()
        left = client.logout()
        self.assertEqual(left["message"], "Logged out")
        self.assertTrue(left["provider_logout_url"].startswith("http"))
        self.assertIsNone(client.session.cookies.get(COOKIE))
        self.assertFalse(client.me()["authenticated"])
        self.assertTrue(client.logout()["message"])

    def test_other_origin(self):
        """Python: the CSRF token never goes to another origin"""
        for foreign in ["https://evil.example/x", "//evil.example/x", "http://localhost:1/x"]:
            with self.assertRaises(ValueError):
                AuthClient(URL).request("POST", foreign)


class Answering:
    """A service that only says what a test tells it."""

    def __init__(self, status, body, content_type="application/problem+json"):
        heard = self.heard = []
        me = b'{"authenticated":true,"user":{"id":"u"},"csrf_token":"t"}'

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                heard.append(f"{self.command} {self.path} {self.headers.get('Origin')}")
                is_me = self.path == "/auth/web/me" and status == 403
                self.send_response(200 if is_me else status)
                self.send_header("Content-Type", "application/json" if is_me else content_type)
                self.send_header("Retry-After", "7")
                self.end_headers()
                self.wfile.write(me if is_me else body)

            do_GET = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class RefusalTest(unittest.TestCase):
    def test_retry_once(self):
        """Python: the retry happens once, with the service's own Origin, and never for a stream"""
        with Answering(403, b'{"detail":"Invalid CSRF token"}') as service:
            client = AuthClient(service.url)
            self.assertEqual(client.request("put", "/a").status_code, 403)
            me, put = "GET /auth/web/me None", f"PUT /a {service.url}"
            self.assertEqual(service.heard, [me, put, me, put])
            service.heard.clear()
            client.request("PUT", "/a", data=iter([b"x"]))
            self.assertEqual(service.heard, [me, put])

    def test_foreign_answer(self):
        """Python: what is not a problem document is still a typed error"""
        with Answering(503, b"<h1>Proxy</h1>", "text/html") as service:
            client = AuthClient(service.url)
            with self.assertRaises(ProblemError) as raised:
                client.me()
            problem = raised.exception
            self.assertEqual((problem.code, problem.retry_after_seconds), ("http.503", 7))
            self.assertFalse(client.check_auth_state()["authenticated"])

    def test_sign_in_again(self):
        """Python: a sign-in that is too old leads to signing in again"""
        again = b'{"details":[{"path":"session","code":"sign_in_again","message":"/auth/web/login?max_age=9"}]}'
        with Answering(401, again) as service:
            client = AuthClient(service.url)
            with self.assertRaises(ProblemError) as raised:
                client.call("GET", "/x")
            self.assertEqual(
                client.sign_in_again_url(raised.exception, "/a"),
                f"{service.url}/auth/web/login?max_age=9&return_to=%2Fa",
            )
            self.assertIsNone(client.sign_in_again_url(ValueError()))

    def test_unreachable(self):
        """Python: a service that is slow or away is told apart"""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            slow = AuthClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.05)
            with self.assertRaises(UnreachableError) as raised:
                slow.me()
            self.assertTrue(raised.exception.timed_out)
        with self.assertRaises(UnreachableError) as raised:
            AuthClient("http://127.0.0.1:9", session=requests.Session()).me()
        self.assertFalse(raised.exception.timed_out)
