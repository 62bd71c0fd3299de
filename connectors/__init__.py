"""What service tasks call: each connector is a folder, a typed function and one line of packaging."""
