"""What happens without being asked: jobs are done by connectors, timers fire, old things go."""
