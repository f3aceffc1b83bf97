"""Who evaluates?  `engine.Engine` is what a job needs; `memory` does it with the fused evaluator, in a process apart.

The process is a new one and not a fork: the server has threads, connections and locks that a fork would share. It is
handed the blocks of merged profiles through a pipe, because one process only may have the store, and it ends at once
when it is killed, or when the server is no longer there.
"""
