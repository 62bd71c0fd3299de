"""The designer: the modeller and the editors of forms and decisions, as a Flask blueprint that any host can mount."""
