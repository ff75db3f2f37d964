"""The first walk through a composition's published port."""

from container_lab.composition import Composition
from simulated_pool import story


def walk(composition: Composition, password: str) -> None:
    """The first walk; a call that a dying service loses fails it."""
    teller = story.Teller(chapter=print, progress=lambda fraction: None)
    story.tell(composition.url, "root", password, teller)
