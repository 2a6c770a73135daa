import io
import logging

from sdist_upip.messages.logs import get_logger, logging_to_stderr

NAME = "sdist_upip.messages.test"


def test_a_record_is_safe_in_every_handler():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        get_logger(NAME).warning("%s at %s", "a\nerror: b\x1b", "https://u:secret@h/")
    finally:
        logging.getLogger().removeHandler(handler)
    assert stream.getvalue() == "a\\nerror: b\\x1b at https://…@h/\n"


def test_a_logger_gets_one_filter():
    assert get_logger(NAME) is get_logger(NAME) is logging.getLogger(NAME)
    assert len(get_logger(NAME).filters) == 1


def test_records_of_libraries_are_safe_on_standard_error(capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # without those of pytest
    before = logging.lastResort
    with logging_to_stderr():
        logging.getLogger("library").warning("a\x1b\n%s", "https://u:secret@h/")
        logging.getLogger("library").info("not shown")
    assert capsys.readouterr().err == "a\\x1b\\nhttps://…@h/\n"
    assert logging.lastResort is before
