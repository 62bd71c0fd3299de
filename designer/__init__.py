"""The designer: modeller, editors of forms and decisions, and versions side by side, for any Flask application.

It knows nothing of the engine behind it: the host hands over a :class:`~designer.backend.DesignerBackend`.
"""

from designer.backend import DesignerBackend
from designer.views import blueprint

__all__ = ["DesignerBackend", "blueprint"]
