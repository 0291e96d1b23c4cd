import os
import unittest

from plinth_client import AuthClient, ProblemError, TokenClient

URL = os.environ["PLINTH_URL"]
USERNAME = os.environ["PLINTH_USERNAME"]
PASSWORD = os.environ["PLINTH_PASSWORD"]
SECOND_USERNAME = os.environ["PLINTH_SECOND_USERNAME"]
CODES = os.environ["PLINTH_CODES"].split()


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

    def test_session(self):
        """D22 Python a password opens a session in a cookie, with the CSRF token of its calls"""
        client = AuthClient(URL)
        with self.assertRaises(ProblemError) as raised:
            client.sign_in(USERNAME, "wrong")
        self.assertEqual(raised.exception.code, "auth.invalid_credentials")
        self.assertIsNone(client.sign_in(USERNAME, PASSWORD))
        self.assertEqual(client.me()["user"]["name"], "Ana Berg")
        client.call("PATCH", "/auth/me", {"last_name": "Berg"})
        self.assertTrue(client.refresh_session())
        client.call("PATCH", "/auth/me", {"last_name": "Berg"})
        client.logout()
        self.assertFalse(client.me()["authenticated"])

    def test_second_factor(self):
        """D22 MF-11 Python both clients bring the second factor that a password is asked for"""
        for client in (AuthClient(URL), TokenClient(URL)):
            asked = client.sign_in(SECOND_USERNAME, PASSWORD)
            self.assertIn("recovery", asked.methods)
            with self.assertRaises(ProblemError) as raised:
                client.verify(asked.mfa_token, "000000")
            self.assertEqual(raised.exception.code, "mfa.invalid_code")
            client.verify(asked.mfa_token, CODES.pop())
            self.assertEqual(client.call("GET", "/auth/me")["name"], "Ben Berg")
