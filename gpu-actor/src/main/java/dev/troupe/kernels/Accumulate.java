package dev.troupe.kernels;

/** Whether a kernel overwrites its destination or adds to it. */
public enum Accumulate {
  ASSIGN,
  ADD
}
