"""What the warehouse needs of the machine: files, folders, processes, and Python itself.

Belongs here: how a small file is read or refused, how files and folders are made, how processes
end. Does not belong here: anything about statistics.
"""
