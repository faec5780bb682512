package dev.troupe.proto.message;

/** A message of one mesh epoch; without effect on a receiver that is at another one. */
public interface Fenced {
  /** The epoch that the message belongs to. */
  Fence fence();
}
