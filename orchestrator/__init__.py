"""Run BPMN processes that call agents, and never lose their place."""
