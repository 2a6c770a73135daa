"""Run the tests in the modules that the command line names, on MicroPython.

unittest.main() of micropython-unittest cannot be used: its exit status is 1 even if all tests pass.
"""

import sys
import unittest

suite = unittest.TestSuite()
for name in sys.argv[1:]:
    module = __import__(name)
    for value in (getattr(module, item) for item in dir(module)):
        if isinstance(value, type) and issubclass(value, unittest.TestCase):
            suite.addTest(value)
result = unittest.TestRunner().run(suite)
for text in result.exceptions:
    print(text)
if not result.testsRun or not result.wasSuccessful():
    sys.exit(1)
