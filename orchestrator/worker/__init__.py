"""What happens without being asked: due jobs, due timers, expired messages."""
