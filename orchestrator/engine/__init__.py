"""BPMN execution as a function over values; the only package that knows SpiffWorkflow and lxml."""
