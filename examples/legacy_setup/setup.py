from setuptools import setup

import sdist_upip

setup(
    name="micropython-blinker",
    version="0.2.1",
    description="Blink a pin, and log that it does",
    long_description="One module, as micropython-lib has shipped them for a decade.",
    long_description_content_type="text/plain",
    url="https://example.com/blinker",
    author="The sdist-upip maintainers",
    license="MIT",
    py_modules=["blinker"],
    install_requires=["micropython-logging>=0.3"],
    extras_require={"test": ["micropython-unittest"]},
    cmdclass={"sdist": sdist_upip.sdist},
)
