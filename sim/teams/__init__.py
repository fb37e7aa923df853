"""The people of each team month by month, the lines they can fill, and the hours that close."""
