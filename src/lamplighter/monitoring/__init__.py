"""The statistics engine: counts that add up, figures with intervals, alarms that know their false-alarm rate.

Arrays and columns in, numbers out; no database, no files, no network.
"""
