"""Commands that remove dist/*.orig are removed where the rest surely works."""

import pytest

from sdist_upip.migrate.plan import plan_migration
from support.trees import write_tree


@pytest.mark.parametrize(
    "text",
    [
        "python setup.py sdist && rm dist/*.orig dist/*.tmp\n",
        "for f in a; do\n  rm dist/*.orig\ndone\n",
        "for f in a\ndo\nrm dist/*.orig\ndone\n",
        "if a; then\nrm dist/*.orig\nelse\nb\nfi\n",
        "if a; then rm dist/*.orig; fi\n",
        "if a; then\n  rm dist/*.orig; fi\n",
        "case x in a) b; rm dist/*.orig;; esac\n",
        "rm -rf build dist/*.orig\na\n",
        "a\nrm -f patches/*.orig\n",
        "a\nrm dist/*.orig || true\n",
        "a || rm dist/*.orig\n",
        "a: ; rm dist/*.orig\n",
        "a &&\nrm dist/*.orig\n",
        "a && \\\n  rm dist/*.orig && \\\n  b\n",
        "a:\n\trm dist/*.orig\n\nb:\n\tc\n",
        "script:\n- rm dist/*.orig\nother: x\n",
        "- run: |\n    rm dist/*.orig\n- run: b\n",
        'sh -c "a; rm dist/*.orig"\n',
    ],
)
def test_a_command_that_cannot_go_alone_is_left_to_people(tmp_path, text):
    plan = plan_migration(write_tree(tmp_path, {"run.sh": text}))
    assert plan.changes == ()
    assert [note.path.partition(":")[0] for note in plan.notes] == ["run.sh"]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("if [ -d dist ]; then a; rm -f dist/*.orig; fi\n", "if [ -d dist ]; then a; fi\n"),
        ("a && rm ./dist/*.orig && b\n", "a && b\n"),
        ("if a; then\n  b\n  rm dist/*.orig\nfi\n", "if a; then\n  b\nfi\n"),
        ("a:\n\t-rm dist/*.orig\n\tc\n", "a:\n\tc\n"),
        ("script:\n- rm dist/*.orig\n- a\n", "script:\n- a\n"),
    ],
)
def test_a_command_that_removes_only_these_goes(tmp_path, text, after):
    plan = plan_migration(write_tree(tmp_path, {"run.sh": text}))
    assert [change.after for change in plan.changes] == [after]
    assert plan.notes == ()
