"""Requirements as a page shows them."""

from sdist_upip.site.pages.requirements import ShownRequirement, show_names, show_requirements
from support.site_records import make_release


def test_a_requirement_is_linked_if_its_page_exists():
    release = make_release(
        requires=('My.Pkg[x] >=1 ; python_version < "4"', "other", "not valid !")
    )
    assert show_requirements(release, {"my-pkg"}) == [
        ShownRequirement("My.Pkg", '[x] >=1 ; python_version < "4"', "my-pkg", ""),
        ShownRequirement("other", "", "", ""),
        ShownRequirement("not valid !", "", "", ""),
    ]


def test_a_requirement_states_what_mip_does_with_it():
    release = make_release(
        requires=("A_a", "b", "c", "d"),
        deps=(("a-a", "1.0"), ("pkg-resources", "2.0")),
        inlined=(("b", "0.5"),),
        missing=("c",),
        without=("d",),
    )
    assert [(one.name, one.note) for one in show_requirements(release, ())] == [
        ("A_a", "mip: 1.0"),
        ("b", "mip: 0.5"),
        ("c", "not on this site"),
        ("d", "built into boards"),
        ("pkg-resources", "mip: 2.0"),
    ]


def test_names_are_sorted_and_linked():
    assert show_names(["b", "a", "b"], {"a"}) == [
        ShownRequirement("a", "", "a", ""),
        ShownRequirement("b", "", "", ""),
    ]
