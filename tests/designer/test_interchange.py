"""The interchange working group's models go through the modeller and back: nothing of them is lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.designer.interchange import lost
from tests.designer.memory import MemoryBackend
from tests.designer.test_in_browser import open_model, saved
from tests.support.reference import needs_reference_models, reference_models

pytestmark = [pytest.mark.browser, pytest.mark.data, needs_reference_models]


@pytest.mark.parametrize("file", reference_models(), ids=lambda file: file.name)
def test_a_reference_model_is_imported_drawn_saved_and_reopened_without_a_loss(
    page: Page, address: str, backend: MemoryBackend, file: Path
) -> None:
    open_model(page, f"{address}/7")
    page.locator("#import-file").set_input_files(file)
    expect(page.get_by_text(f"“{file.name}” was imported")).to_be_visible(timeout=30_000)
    saved(page)
    once = backend.models["7"].source.encode()

    open_model(page, f"{address}/7")
    page.locator("#import-file").set_input_files({"name": "again.bpmn", "mimeType": "application/xml", "buffer": once})
    expect(page.get_by_text("“again.bpmn” was imported")).to_be_visible(timeout=30_000)
    saved(page)
    twice = backend.models["7"].source.encode()

    assert lost(backend.take_over(file.read_text("utf-8-sig")).source.encode(), once) == []
    assert lost(once, twice) == []
    assert page.locator(".djs-element").count() > 1
