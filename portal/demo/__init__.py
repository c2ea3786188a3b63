"""The portal on one machine, filled by its own main job: what `manage.py demo` starts."""
