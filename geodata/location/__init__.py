"""Where sites would go best."""
