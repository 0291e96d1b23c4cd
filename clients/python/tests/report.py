"""Runs the tests and prints one JSON line for each: its title (the docstring), and its fault or null."""

import json
import sys
import unittest


class Report(unittest.TestResult):
    def addSuccess(self, test):
        self._line(test, None)

    def addFailure(self, test, err):
        self._line(test, self._exc_info_to_string(err, test))

    addError = addFailure

    def _line(self, test, fault):
        print(json.dumps({"title": test.shortDescription(), "fault": fault}), flush=True)


if __name__ == "__main__":
    unittest.defaultTestLoader.discover(sys.argv[1]).run(Report())
