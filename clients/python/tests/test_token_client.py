import os
import unittest

from plinth_client import ProblemError, TokenClient

URL = os.environ["PLINTH_URL"]
USERNAME = os.environ["PLINTH_USERNAME"]
PASSWORD = os.environ["PLINTH_PASSWORD"]


class TokenClientTest(unittest.TestCase):
    def test_sign_in(self):
        """contract 31.3 Python a password signs in, tokens are renewed, and the sign-in ends"""
        kept = []
        client = TokenClient(URL, on_change=kept.append)
        self.assertIsNone(client.sign_in(USERNAME, PASSWORD))
        self.assertEqual(client.call("GET", "/auth/me")["name"], "Ana Berg")
        later = TokenClient(URL, refresh_token=kept[-1])
        self.assertEqual(later.call("GET", "/auth/me")["name"], "Ana Berg")
        self.assertTrue(later.refresh())
        later.sign_out()
        later.sign_out()
        self.assertFalse(later.refresh())
        self.assertEqual(later.request("GET", "/auth/me").status_code, 401)
        self.assertFalse(client.refresh())
        self.assertIsNone(kept[-1])

    def test_refused(self):
        """contract 31.3 Python a wrong password is a typed problem, and tokens go nowhere else"""
        client = TokenClient(URL)
        with self.assertRaises(ProblemError) as raised:
            client.sign_in(USERNAME, "wrong")
        self.assertEqual(raised.exception.code, "auth.invalid_credentials")
        with self.assertRaises(ValueError):
            client.request("GET", "https://evil.example/x")
