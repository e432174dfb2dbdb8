"""测算 as a person does it: without scripts, over two organisations, and back."""

from __future__ import annotations

from tests.browser.conftest import Site, Visitor


def test_trial_without_scripts_keeps_changes_of_two_organisations(site: Site, visitor: Visitor) -> None:
    address, account = site.stops["what-if"]
    page = visitor.open(address, account=account, scripts=False).page

    page.fill("[name='f.wuxing.specialised-parks']", "12")
    page.select_option("#unit", "nanxun")
    page.click("text=换单位")
    page.fill("[name='f.nanxun.innovative-enterprises']", "80")
    page.click("#trial >> button:text-is('测算')")

    assert page.url.endswith(
        "?unit=nanxun&cap=1.00&f.wuxing.specialised-parks=12&f.nanxun.innovative-enterprises=80"
    )
    assert page.locator("[aria-label=测算的榜] tbody th").all_inner_texts()[0] == "德清县"
    assert page.locator("text=其他单位已改：吴兴区").count() == 1
    page.click("text=全部还原")
    assert page.locator("text=还没有改动，下面就是现在的榜。").count() == 1
