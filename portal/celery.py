"""The worker. Its messages are only nudges: what there is to do stands in the rows of `estates.jobs`."""

import os
from typing import Any

from celery import Celery, Task

from accounts.scope import nothing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class UnitOfWork(Task):
    """A task says itself whose rows it is about; what ran before it in this process does not."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with nothing():
            return super().__call__(*args, **kwargs)


app = Celery("passerelle", task_cls=UnitOfWork)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
