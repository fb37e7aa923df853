"""24/7 lines: what somebody is on duty for, who carries it, what hangs on it, what it takes."""
